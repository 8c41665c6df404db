/** Commands of the real build, as an operator runs them beside a stage. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { configuration } from '../../sandbox/stage/configuration.js';
import type { Stage } from '../../sandbox/stage/stage.js';
import { spawnChild } from './child.js';
import { CLI, secretsOf } from './stage.js';

interface Said {
  readonly code: number | null;
  readonly said: string;
}

/** Runs a command to its end. Whatever it says, no secret is in it. */
export async function runHallpass(
  stage: Stage,
  args: readonly string[],
  changes: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const child = spawnChild(process.execPath, [CLI, ...args], { ...stage.env, ...changes });
  const { code } = await child.ended;
  const said = child.lines.join('\n');
  for (const secret of [...secretsOf(stage), ...Object.values(changes).filter((v) => /^xox|^xapp/.test(v))]) {
    expect(said).not.toContain(secret);
  }
  return { code, said };
}

/** Another configuration in a file of its own. @returns what is different in the environment */
export async function changedConfiguration(
  stage: Stage,
  change: (yaml: string) => string,
): Promise<{ readonly HALLPASS_CONFIG: string }> {
  const path = join(dirname(stage.env.HALLPASS_CONFIG ?? ''), `changed-${await freePort()}.yaml`);
  await writeFile(path, change(configuration(stage.server)));
  return { HALLPASS_CONFIG: path };
}
