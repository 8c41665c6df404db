/** Access that nobody uses on a guarded target, and on one that is down while the time passes. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { all, card, told } from '../../sandbox/stage/people.js';
import { expectReads, isRefused } from '../support/access.js';
import { changeInLedger, expectSettled, inLedger, obtain } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { idleKinds, timePassed, untilInUse, untilSeenUnused } from '../support/unused.js';
import { waitFor } from '../support/wait-for.js';

/** Two heartbeats, and what a look takes. */
const LOOKS_MS = 33_000;
const ANNOUNCED = /^Your access ends .* unless you use it/;

const stage = await openStage({
  vault: true,
  configure: (yaml) => yaml.replaceAll(/((?:orders|vault)_read: \{ policy: read,)/g, '$1 idle: 30m,'),
});
const { slack, server, vault, ledgerUrl } = stage;
await stage.startHallpass();

afterEach(() => expectSettled(stage));

test('on a guarded target it is kept by a session, announced and ended', async () => {
  const { id } = await obtain(stage, 'ana', { target: 'vault', role: 'vault_read', otherDuration: '3h' });
  await untilSeenUnused(stage, id);
  await timePassed(stage, id, 26);
  await told(slack, 'ana', id, ANNOUNCED);

  const url = new URL(stage.samples.people.ana.url);
  const there = new URL(vault?.url ?? '');
  [url.host, url.pathname] = [there.host, there.pathname];
  const session = new pg.Client({ connectionString: url.href });
  session.on('error', () => undefined);
  await session.connect();
  onTestFinished(() => session.end().catch(() => undefined));
  await untilInUse(stage, id, true);
  await timePassed(stage, id, 90);
  await sleep(LOOKS_MS);
  expect((await inLedger(stage, id)).state).toBe('active');
  await expectReads(stage, 'ana', 'vault_read');
  await session.end();
  await untilInUse(stage, id, false);

  await timePassed(stage, id, 26);
  await told(slack, 'ana', id, ANNOUNCED);
  await timePassed(stage, id, 6);
  await told(slack, 'ana', id, /^Ended: not used for 30 minutes/);
  expect(await isRefused(stage, 'ana', 'vault_read')).toBe(true);
  await card(slack, id, /Ended: not used for 30 minutes/);
  expect(await idleKinds(stage, id)).toEqual([
    'idle_announced',
    'idle_called_off',
    'idle_announced',
    'ended_idle',
  ]);
});

test('while its target is down nothing ends, and the time begins again', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '3h' });
  await untilSeenUnused(stage, id);
  await timePassed(stage, id, 26);
  await told(slack, 'ana', id, ANNOUNCED);
  await server.stop();
  onTestFinished(() => server.start());
  await timePassed(stage, id, 6);
  await sleep(LOOKS_MS);
  expect((await inLedger(stage, id)).state).toBe('active');
  // As if it had been down for longer than looks may be apart.
  await runSql(ledgerUrl, "update targets set watched_at = watched_at - interval '3 minutes'");
  await server.start();
  await waitFor(async () => (await idleKinds(stage, id)).at(-1) === 'idle_called_off', {
    what: 'it to be called off',
  });
  expect((await inLedger(stage, id)).state).toBe('active');
  await expectReads(stage, 'ana', 'orders_read');
  const kept = await told(slack, 'ana', id, /^Granted until/);
  expect(all(kept)).not.toMatch(ANNOUNCED);

  // Its own end comes while the target is down: that is the only one.
  await timePassed(stage, id, 26);
  await told(slack, 'ana', id, ANNOUNCED);
  await server.stop();
  await changeInLedger(stage, id, 'expires_at = now()');
  await waitFor(async () => (await inLedger(stage, id)).trouble !== null, {
    what: 'the trouble to be known',
  });
  await server.start();
  await told(slack, 'ana', id, /^Ended: its time was up/);
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  expect(await idleKinds(stage, id)).not.toContain('ended_idle');
});
