/** The manifest that is pasted is one that Slack takes, and names what listens. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifest as slacks } from '../../sandbox/slack/validate/manifest.js';
import { Changes } from '../../sandbox/slack/world/changes.js';
import { Workspace } from '../../sandbox/slack/world/workspace.js';
import { loadConfig } from '../../src/config/load.js';
import { manifest } from '../../src/slack/manifest.js';
import { SHORTCUTS } from '../../src/surfaces/kit/ids.js';

const config = loadConfig(join(import.meta.dirname, '../../hallpass.example.yaml'), {
  SHOP_PASSWORD: 'sesame',
  GATE_PASSPHRASE: 'sesame',
  WAREHOUSE_URL: 'postgres://hallpass:sesame@warehouse.internal/reports?sslmode=require',
});

describe.each([null, 'https://hallpass.example.com'])('for %j', (url) => {
  const made = slacks.safeParse(manifest(config, url));

  it('is one that Slack takes', () => {
    expect(made.error?.issues).toBeUndefined();
  });

  it('has each shortcut that is listened to, as the sandbox has them', () => {
    const { shortcuts } = slacks.parse(manifest(config, url)).features;
    const types = new Map(shortcuts.map(({ callback_id, type }) => [callback_id, type]));
    expect([...types.keys()]).toEqual(Object.values(SHORTCUTS));
    expect(types).toEqual(new Workspace(new Changes(), {}).shortcuts);
  });

  it('needs no scope for them but that of the command', () => {
    expect(slacks.parse(manifest(config, url)).oauth_config.scopes.bot).toContain('commands');
  });
});
