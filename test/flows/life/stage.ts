/** The stage for the life of a request: what its tests ask for, beside what every stage has. */
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { HALLPASS } from '../../../sandbox/postgres/samples.js';
import { runSql } from '../../../sandbox/postgres/server-access.js';
import { CAST, CHANNELS, GROUPS } from '../../../sandbox/stage/cast.js';
import type { HallpassProcess } from '../../../sandbox/stage/process.js';
import type { Stage } from '../../../sandbox/stage/stage.js';
import { createGrantable } from '../../support/access.js';
import { ANA2 } from '../../support/fixtures.js';
import { type KINDS, openStage, secretsOf, type TestStage } from '../../support/stage.js';

/** Mapped to a login that is not on the server. */
export const FAY = 'U0FAY';
/** May decide on vault_read: a group that nothing else asks Slack for. */
export const VAULT = 'S0VAULT';
/** The group that may request desk_read: Ben is in it, Ana is not. */
export const DESK = 'S0DESK';
/** A role and its description that would ring everybody, link and format. */
export const HOSTILE = {
  role: '<!channel> *x* <@U0EVE>',
  about: '<!here> <https://evil.example|fine>',
} as const;

const ROLES = `
      brief: { policy: read, pending_timeout: 2s, durations: [10m, 20m], default_duration: 20m, max: 30m }
      doomed: read
      nowhere: read
      pg_monitor: read
      vault_read: { approvers: [vault] }
      strict_read: { policy: read, deny_reason: required }
      desk_read: { policy: read, requesters: [desk] }
      here_read: { policy: read, requesters: [${CAST.ben}], channels: [${CHANNELS.access}] }
      ${JSON.stringify(HOSTILE.role)}: { policy: read, about: ${JSON.stringify(HOSTILE.about)} }
      found_listed: { policy: read, requesters: [${CAST.ben}], about: As it is listed }
    discover: [{ match: found_*, policy: read, max: 2h }]
  attic:
    name: Attic
    connect: { host: 127.0.0.1, port: 1, database: attic, user: hallpass, password: "\${SHOP_PASSWORD}" }
    people: { ${CAST.ben}: null }
    roles: { old_read: read }
`;

export interface LifeStage extends TestStage {
  start(): Promise<void>;
  /** SIGTERM. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Call it at the top of a `describe`. Hallpass runs from its first test on. */
export async function openLifeStage(kind: (typeof KINDS)[number]): Promise<LifeStage> {
  const stage = await openStage({
    ...kind,
    ledgerApart: false,
    configure: (yaml) =>
      yaml
        .replace('people:', `people:\n  ${ANA2}: { login: ana }\n  ${FAY}: { login: fay }`)
        .replace('groups: {', `groups: { vault: ${VAULT}, desk: ${DESK},`)
        .trimEnd() + ROLES,
  });
  const { slack, server, pagerduty } = stage;
  slack.workspace.addPerson({ id: ANA2, name: 'ana.private' });
  slack.workspace.addPerson({ id: FAY, name: 'fay' });
  slack.workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan, CAST.ana, ANA2] });
  slack.workspace.addGroup({ id: VAULT, handle: 'vault', members: [CAST.dan, CAST.cora] });
  slack.workspace.addGroup({ id: DESK, handle: 'desk', members: [CAST.ben] });
  const roles = ['brief', 'doomed', 'vault_read', 'strict_read', 'desk_read', 'here_read', 'found_listed'];
  await createGrantable(server, ...roles, `"${HOSTILE.role}"`);

  let hallpass: HallpassProcess;
  const start = async () => {
    hallpass = await stage.startHallpass({ LOG_LEVEL: 'trace' });
  };
  beforeAll(start);
  beforeEach(() => {
    slack.faults.clear();
    pagerduty.faults.clear();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await clearAway(stage);
  });
  return { ...stage, start, stop: () => hallpass.stop() };
}

/** What a failed test leaves open would fail the tests after it. */
export async function clearAway(stage: Stage): Promise<void> {
  await runSql(
    stage.ledgerUrl,
    `update requests set state = 'ended', why = 'ended', ended_at = now() where ended_at is null`,
  );
  const ours = await stage.server.query<{ sql: string }>(
    `select format('revoke %s from %s granted by %s', roleid::regrole, member::regrole, grantor::regrole) as sql
       from pg_auth_members where grantor = $1::regrole`,
    [HALLPASS],
  );
  for (const { sql } of ours) await stage.server.query(sql);
}

/** Who holds this role on the server, and by whose grant: "ana by postgres". */
export async function membersOf(stage: Stage, role: string): Promise<readonly string[]> {
  const rows = await stage.server.query<{ membership: string }>(
    `select m.member::regrole || ' by ' || m.grantor::regrole as membership from pg_auth_members m
       join pg_roles r on r.oid = m.roleid where r.rolname = $1 and m.member <> $2::regrole order by 1`,
    [role, HALLPASS],
  );
  return rows.map(({ membership }) => membership);
}

/** No line of the log holds a secret, or what people wrote. */
export function expectDiscreet(stage: TestStage): void {
  expect(stage.log.length).toBeGreaterThan(0);
  for (const secret of [...secretsOf(stage), 'ticket 812']) {
    expect(secret).not.toBe('');
    expect(stage.log.filter((line) => line.includes(secret))).toEqual([]);
  }
}
