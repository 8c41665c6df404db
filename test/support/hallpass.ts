import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { type Child, spawnChild } from './child.js';
import { waitFor } from './wait-for.js';

export interface Hallpass extends Child {
  readonly opsPort: number;
  /**
   * Resolves when `/readyz` answers 200.
   * @throws Error with what it wrote when it ends instead, or is not ready within 30 s.
   */
  ready(): Promise<void>;
}

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** Runs the built `hallpass` with nothing but PATH, OPS_PORT (a free one) and `env` in its environment. */
export async function spawnHallpass(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = ['serve'],
): Promise<Hallpass> {
  if (!existsSync(CLI)) throw new Error(`${CLI} is missing: run npm run build first, as npm test does`);
  const opsPort = await freePort();
  const child = spawnChild(process.execPath, [CLI, ...args], { OPS_PORT: String(opsPort), ...env });
  const ready = async () => {
    const state = await waitFor(
      async () => {
        if (child.exit !== null) return 'ended';
        const answer = await fetch(`http://127.0.0.1:${opsPort}/readyz`);
        return answer.ok && 'ready';
      },
      { what: '/readyz of hallpass to answer 200' },
    );
    if (state === 'ended') throw new Error(`hallpass ended before it was ready:\n${child.lines.join('\n')}`);
  };
  // Not a copy: `exit` changes.
  return Object.assign(child, { opsPort, ready });
}
