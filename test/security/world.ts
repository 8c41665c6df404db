/** One stage for all the attacks: the real build by HTTP, where whoever knows the address can send it anything. */
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { HALLPASS } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import { card, click, told } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { type Stage, startStage } from '../../sandbox/stage/stage.js';
import { granted } from '../flows/crash-stage.js';
import { CLI } from '../flows/world.js';
import { waitFor } from '../support/wait-for.js';

/** Ana's second account: the same login, and in the approvers' group. */
export const ANA2 = 'U0ANA2';
/** In the approvers' group, and should not be: of another workspace, a guest, deactivated, a bot. */
export const UNFIT = {
  foreign: 'U0STRANGER',
  guest: 'U0GUEST',
  deactivated: 'U0GONE',
  bot: 'U0ROBOT',
} as const;
/** No login in the configuration: one of another domain, one whose address makes Ana's login. */
export const MALLORY = 'U0MALLORY';
export const IMPOSTOR = 'U0IMPOSTOR';

const ROLES = `      here_read: { policy: read, channels: [${CHANNELS.access}] }
      passing_read: read
`;

export interface World {
  readonly stage: Stage;
  readonly log: readonly string[];
  start(changes?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

export function useWorld(): () => World {
  let world: World | null = null;
  const use = () => {
    if (world === null) throw new Error('the world has not started');
    return world;
  };

  beforeAll(async () => {
    const log: string[] = [];
    const stage = await startStage({
      cli: CLI,
      transport: 'http',
      onLine: (line) => log.push(line),
      configure: (yaml) =>
        yaml
          .replace('people:', `people:\n  ${ANA2}: { login: ana }`)
          .replace(/limits: .*/, 'limits: { pending_per_person: 3, requests_per_minute: 1000 }')
          .replace('defaults:', 'defaults:\n  email_pattern: "{local}"\n  email_domains: [example.com]')
          .trimEnd()
          .concat('\n', ROLES),
    });
    await furnish(stage);
    let hallpass: HallpassProcess;
    world = {
      stage,
      log,
      start: async (changes = {}) => {
        hallpass = await stage.startHallpass({ LOG_LEVEL: 'trace', ...changes });
        // The round that asks Slack about everybody comes when a test wants it.
        await runSql(stage.ledgerUrl, `update rounds set not_before = now() + interval '1 hour'`);
      },
      stop: async () => void (await hallpass.stop()),
    };
    await world.start();
  });
  beforeEach(() => use().stage.slack.faults.clear());
  afterAll(() => world?.stage.close());
  return use;
}

async function furnish({ slack, server }: Stage): Promise<void> {
  const { workspace } = slack;
  workspace.addPerson({ id: ANA2, name: 'ana.private' });
  workspace.addPerson({ id: UNFIT.foreign, name: 'stranger', teamId: 'T0OTHER' });
  workspace.addPerson({ id: UNFIT.guest, name: 'guest', guest: 'single_channel' });
  workspace.addPerson({ id: UNFIT.deactivated, name: 'gone', deactivated: true });
  workspace.addPerson({ id: UNFIT.bot, name: 'robot', bot: true });
  workspace.addPerson({ id: MALLORY, name: 'mallory', email: 'mallory@example.org' });
  workspace.addPerson({ id: IMPOSTOR, name: 'impostor', email: 'ana@example.com' });
  workspace.setGroup(GROUPS.dba, {
    members: [CAST.cora, CAST.dan, CAST.ana, ANA2, ...Object.values(UNFIT)],
  });
  for (const role of ['here_read', 'passing_read']) {
    await server.query(`create role ${role}`);
    await server.query(`grant ${role} to ${HALLPASS} with admin true, inherit false, set false`);
  }
}

/** Does something, and waits until it was logged as this security event. @returns what `act` answers */
export async function expectLogged<T>({ log }: World, security: string, act: () => Promise<T>): Promise<T> {
  const before = log.length;
  const answer = await act();
  await waitFor(() => log.slice(before).some((line) => line.includes(`"security":"${security}"`)), {
    what: `a security event ${security}`,
  });
  return answer;
}

/** All that the ledger has of requests and decisions: what an attack must not change. */
export function inTheLedger({ stage }: World): Promise<unknown[]> {
  return runSql(
    stage.ledgerUrl,
    `select id, state, (select count(*)::int from decisions d where d.request_id = r.id) as decisions
       from requests r order by id`,
  );
}

/** Ana cancels what was not decided. */
export async function withdraw({ stage }: World, id: string): Promise<void> {
  await click(stage.slack, 'ana', await told(stage.slack, 'ana', id, /Waiting/), 'Cancel request');
  await card(stage.slack, id, /Cancelled/);
}

/** The attack is acknowledged or turned away, logged under this name, and changes nothing. */
export async function expectVain(
  world: World,
  security: string,
  attack: () => Promise<unknown>,
): Promise<void> {
  const before = await inTheLedger(world);
  await expectLogged(world, security, attack);
  expect(await inTheLedger(world)).toEqual(before);
  expect(await granted(world.stage)).toEqual([]);
}
