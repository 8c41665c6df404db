/** The processes of Hallpass, as a supervisor keeps them running in production. */
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../sandbox/postgres/free-port.js';
import type { HallpassCommand } from '../sandbox/stage/process.js';
import { type Member, type MemberOptions, supervise } from './member.js';
import type { Timeline } from './timeline.js';

export interface Fleet {
  readonly members: readonly Member[];
  /** The ends of processes that nobody asked for: "replica 1: exit code 1". */
  readonly deaths: readonly string[];
  /** Resolves when all are at work. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

interface FleetOptions extends Pick<MemberOptions, 'cli' | 'onLine'> {
  /** Each member's command, by its name. */
  readonly commands: Readonly<Record<string, HallpassCommand>>;
  readonly env: Readonly<Record<string, string>>;
  readonly timeline: Timeline;
}

export async function startFleet({ commands, env, timeline, ...options }: FleetOptions): Promise<Fleet> {
  const deaths: string[] = [];
  let atWork = 0;
  // While nobody is at work, everything may be late.
  let somebodyWorks = timeline.begin(null);
  const onWork = (works: boolean) => {
    atWork += works ? 1 : -1;
    if (works && atWork === 1) somebodyWorks();
    if (atWork === 0) somebodyWorks = timeline.begin(null);
  };
  const members = await Promise.all(
    Object.entries(commands).map(async ([name, command]) =>
      supervise({
        ...options,
        name,
        command,
        env: { ...env, OPS_PORT: String(await freePort()) },
        onWork,
        onEnd: (how, asked) => {
          // What it had begun is begun again by another.
          timeline.mark(null);
          if (!asked) deaths.push(`${name}: ${how}`);
        },
      }),
    ),
  );
  return {
    members,
    deaths,
    ready: async () => {
      while (atWork < members.length) await sleep(50);
    },
    close: async () => void (await Promise.all(members.map((member) => member.stop()))),
  };
}
