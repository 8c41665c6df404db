/** A process of release 0.1.0, as its ledger and its targets see it: what it wrote, and its statements to the letter. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { HALLPASS } from '../../../sandbox/postgres/samples.js';
import { runSql } from '../../../sandbox/postgres/server-access.js';
import { CHANNELS, GROUPS } from '../../../sandbox/stage/cast.js';
import type { Stage } from '../../../sandbox/stage/stage.js';

const MIGRATIONS = join(import.meta.dirname, '../../../migrations');
/** 0001 to 0007. */
const ITS_MIGRATIONS = 7;

const STATEMENTS = new Map(
  readFileSync(join(import.meta.dirname, 'release-0.1.0.sql'), 'utf8')
    .split(/^-- name: /m)
    .slice(1)
    .map((section): [string, string] => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), section.slice(end)];
    }),
);

/** How it called what it knew of a request. */
export type Known = Readonly<Record<string, unknown>> & { readonly id: number; readonly state: string };

interface Wish {
  readonly role: string;
  readonly login: string;
  readonly requester: string;
}

export class OldRelease {
  readonly #stage: Stage;
  readonly #app: pg.Client;
  #views = 0;

  private constructor(stage: Stage, app: pg.Client) {
    this.#stage = stage;
    this.#app = app;
  }

  /** Makes its ledger, in an empty database, and connects until the end of the test. */
  static async install(stage: Stage): Promise<OldRelease> {
    await migrate(stage);
    const app = new pg.Client({ connectionString: stage.env.DATABASE_URL });
    await app.connect();
    onTestFinished(() => app.end());
    const old = new OldRelease(stage, app);
    await old.say('registerTargets', [['shop']]);
    return old;
  }

  /** As it did at each start: migrates as far as it knows, grants its login again what it may do. */
  async startAgain(): Promise<void> {
    await migrate(this.#stage);
    await this.say('registerTargets', [['shop']]);
  }

  /** One of its statements, by its lesser login. */
  async say(name: string, params: readonly unknown[]): Promise<Record<string, unknown>[]> {
    const { rows } = await this.#app.query<Record<string, unknown>>(statement(name), [...params]);
    return rows;
  }

  /** Takes a form that was submitted. */
  async submit({ role, login, requester }: Wish): Promise<Known> {
    this.#views += 1;
    const asked = JSON.stringify([{ id: GROUPS.dba, name: 'dba' }]);
    const view = `V-${this.#views}`;
    const [row] = await this.say('insertRequest', [
      ...['shop', role, login, requester, 'ticket 812', 3_600_000, asked, view, 3_600_000],
      ...['0123456789ab', CHANNELS.access, 0],
    ]);
    return known(row);
  }

  async read(id: number): Promise<Known> {
    const [row] = await this.say('readRequests', [[id]]);
    return known(row);
  }

  /** Writes a request on from what was read: `changes` in the ledger's columns, and its audit event as it wrote it. */
  async write(
    request: Known,
    kind: string,
    changes: Readonly<Record<string, unknown>>,
    { actor = null, data = {} }: { readonly actor?: string | null; readonly data?: object } = {},
  ): Promise<Known> {
    const { id } = request;
    const next = { ...request, ...changes, version: Number(request.version) + 1 };
    const written = await this.say('writeTransitions', [
      JSON.stringify([{ ...next, wakes: true, shownBy: 'all' }]),
      JSON.stringify([{ id, kind, actor, data }]),
      JSON.stringify([]),
      JSON.stringify([]),
    ]);
    if (written.length !== 1) throw new Error(`R-${id} could not be written at version ${next.version}`);
    return this.read(id);
  }

  async approve(request: Known, by: string): Promise<Known> {
    const decided_at = new Date();
    return this.write(
      request,
      'approved',
      { state: 'granting', decided_at, decided_by: by, decided_via: 'dba' },
      { actor: by, data: { via: 'dba', durationMs: Number(request.duration_ms) } },
    );
  }

  /** @param through the schedule that the requester was on */
  async approveOnCall(request: Known, through: string): Promise<Known> {
    return this.write(
      request,
      'approved_on_call',
      { state: 'granting', decided_at: new Date(), decided_by: null, decided_via: through },
      { data: { through, durationMs: Number(request.duration_ms) } },
    );
  }

  /** Grants it on the target, too. @param leftMs how long it still has; negative when its time is up. */
  async grant(request: Known, leftMs: number): Promise<Known> {
    const { role, login } = request;
    const { server, samples } = this.#stage;
    await runSql(samples.hallpass.url, `grant ${role} to ${login} with inherit true, set false`);
    const [place] = await server.query<Record<string, unknown>>(
      `select (select system_identifier::text from pg_control_system()) as server, $1::regrole::oid::int8::int as grantor_oid,
              $2::regrole::oid::int8::int as role_oid, $3::regrole::oid::int8::int as member_oid`,
      [HALLPASS, role, login],
    );
    const terms = { sessions: 'auto', set_role: false, grace_ms: 10_000 };
    const there = {
      server: place?.server,
      grantorOid: place?.grantor_oid,
      roleOid: place?.role_oid,
      memberOid: place?.member_oid,
    };
    const intended = await this.write(
      request,
      'grant_intended',
      { ...place, ...terms },
      { data: { ...there, sessions: 'auto', setRole: false, graceMs: 10_000 } },
    );
    const expires = new Date(Date.now() + leftMs);
    return this.write(
      intended,
      'granted',
      {
        state: 'active',
        mark: '700',
        granted_at: new Date(expires.getTime() - 3_600_000),
        expires_at: expires,
        // It was warned already.
        warn_at: null,
      },
      { data: { ...there, expiresAt: expires.toISOString() } },
    );
  }
}

/** By the migrations that it came with. */
async function migrate(stage: Stage): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'hallpass-migrations-'));
  for (const file of readdirSync(MIGRATIONS).toSorted().slice(0, ITS_MIGRATIONS)) {
    copyFileSync(join(MIGRATIONS, file), join(dir, file));
  }
  const owner = new pg.Client({ connectionString: stage.ledgerUrl });
  await owner.connect();
  try {
    const quiet = () => undefined;
    const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    await runner({ dbClient: owner, dir, direction: 'up', migrationsTable: 'migrations', logger });
    await owner.query(statement('grants'));
  } finally {
    await owner.end();
    rmSync(dir, { recursive: true });
  }
}

function statement(name: string): string {
  const sql = STATEMENTS.get(name);
  if (sql === undefined) throw new Error(`release 0.1.0 has no statement ${name}`);
  return sql;
}

/** What it could read of a request; another release may write nothing else while it runs. */
function known(row: Record<string, unknown> | undefined): Known {
  const { id, state, why, sessions, ...rest } = row ?? {};
  const states = [
    'pending',
    'granting',
    'active',
    'ending',
    'denied',
    'withdrawn',
    'lapsed',
    'failed',
    'ended',
  ];
  const whys = [null, 'expired', 'relinquished', 'ended', 'removed', 'failed'];
  if (typeof state !== 'string' || !states.includes(state))
    throw new Error(`release 0.1.0 knows no state ${state}`);
  if (!whys.some((one) => one === why)) throw new Error(`release 0.1.0 knows no reason ${why}`);
  return { ...rest, id: Number(id), state, why, sessions };
}
