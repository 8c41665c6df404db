/** The stage for attacks: Hallpass listens on HTTP, where anyone who knows the address can send it anything. */
import { beforeAll, beforeEach, expect } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import { card, click, told } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import type { Stage } from '../../sandbox/stage/stage.js';
import { createGrantable, granted } from '../support/access.js';
import { ANA2 } from '../support/fixtures.js';
import { openStage, type TestStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

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

export interface AttackStage extends TestStage {
  start(changes?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** Call it at the top of a file. Hallpass runs from the first test on. */
export async function openAttackStage(): Promise<AttackStage> {
  const stage = await openStage({
    transport: 'http',
    ledgerApart: false,
    configure: (yaml) =>
      yaml
        .replace('people:', `people:\n  ${ANA2}: { login: ana }`)
        .replace(/limits: .*/, 'limits: { pending_per_person: 3, requests_per_minute: 1000 }')
        .replace('defaults:', 'defaults:\n  email_pattern: "{local}"\n  email_domains: [example.com]')
        .trimEnd()
        .concat('\n', ROLES),
  });
  const { workspace, faults } = stage.slack;
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
  await createGrantable(stage.server, 'here_read', 'passing_read');

  let hallpass: HallpassProcess;
  const start = async (changes: Readonly<Record<string, string>> = {}) => {
    hallpass = await stage.startHallpass({ LOG_LEVEL: 'trace', ...changes });
    // The round that asks Slack about everybody comes when a test wants it.
    await runSql(stage.ledgerUrl, `update rounds set not_before = now() + interval '1 hour'`);
  };
  beforeAll(() => start());
  beforeEach(() => faults.clear());
  return { ...stage, start, stop: async () => void (await hallpass.stop()) };
}

/** Does something, and waits until it was logged as this security event. @returns what `act` answers */
export async function expectLogged<T>(
  { log }: TestStage,
  security: string,
  act: () => Promise<T>,
): Promise<T> {
  const before = log.length;
  const answer = await act();
  await waitFor(() => log.slice(before).some((line) => line.includes(`"security":"${security}"`)), {
    what: `a security event ${security}`,
  });
  return answer;
}

/** All that the ledger has of requests and decisions: what an attack must not change. */
export function inTheLedger({ ledgerUrl }: Stage): Promise<unknown[]> {
  return runSql(
    ledgerUrl,
    `select id, state, (select count(*)::int from decisions d where d.request_id = r.id) as decisions
       from requests r order by id`,
  );
}

/** Ana cancels what was not decided. */
export async function withdraw({ slack }: Stage, id: string): Promise<void> {
  await click(slack, 'ana', await told(slack, 'ana', id, /Waiting/), 'Cancel request');
  await card(slack, id, /Canceled/);
}

/** The attack is acknowledged or turned away, logged under this name, and changes nothing. */
export async function expectVain(
  stage: TestStage,
  security: string,
  attack: () => Promise<unknown>,
): Promise<void> {
  const before = await inTheLedger(stage);
  await expectLogged(stage, security, attack);
  expect(await inTheLedger(stage)).toEqual(before);
  expect(await granted(stage)).toEqual([]);
}
