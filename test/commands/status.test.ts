/** `hallpass status` as an operator reads it: nothing but DATABASE_URL is set. */
import { describe, expect, it } from 'vitest';
import { formatAnchor, signAnchor } from '../../src/domain/audit/anchor.js';
import { readReach, recordAnchored, recordDoubt } from '../../src/ledger/audit/anchor.js';
import { insertOperatorNote } from '../../src/ledger/messages/deliveries.js';
import { recordOrphans } from '../../src/ledger/targets/orphans.js';
import { adoptServer, recordStranger } from '../../src/ledger/targets/servers.js';
import { insertStrays } from '../../src/ledger/targets/strays.js';
import { recordChecked, registerTargets } from '../../src/ledger/targets/targets.js';
import { anAuditedLedger } from '../audit/ledger.js';
import { asked, granted, happened, SERVER } from './people.js';
import { hallpass, piped } from './run.js';

const { db, owner, databaseUrl } = await anAuditedLedger();
const env = { DATABASE_URL: databaseUrl };
const TARGETS = [
  'shop',
  'empty',
  'doubted',
  'forged',
  'copied',
  'back',
  'moved',
  'renamed',
  'newer',
  'down',
  'crowd',
];
await registerTargets(db, TARGETS);
for (const target of TARGETS) {
  await adoptServer(
    db,
    target,
    null,
    { id: SERVER, timeline: 1, startedAt: 1_000, lsn: null, anchor: null },
    null,
  );
  await owner.query('update targets set server = $2 where name = $1', [target, SERVER]);
}

const HOUR = 3_600_000;
const ESC = '\u001b[2J';
const held = await asked(
  db,
  {
    target: 'shop',
    role: 'orders_read',
    login: 'ana',
    requester: 'U0ANA',
    reason: `ticket 812${ESC}\n\u202e<!channel>`,
  },
  granted(),
);
const waits = await asked(db, {
  target: 'shop',
  role: 'vault_read',
  login: 'ana',
  requester: 'U0ANA',
  wishedMs: HOUR,
});
const late = await asked(
  db,
  { target: 'shop', role: 'orders_write', login: 'ben', requester: 'U0BEN' },
  granted('U0CORA'),
);
const TROUBLE = 'could not connect to the server';
await owner.query(
  `update requests set expires_at = now() - interval '10 minutes', trouble = $2 where id = $1`,
  [late, TROUBLE],
);
const going = await asked(
  db,
  { target: 'shop', role: 'payments_read', login: 'dan', requester: 'U0DAN' },
  granted(),
);
await happened(db, going, [{ type: 'end', by: 'U0OLGA' }]);

const status = (...args: string[]) => hallpass(['status', ...args], env);
const beginning = (lines: readonly string[], begin: RegExp) => {
  const from = lines.findIndex((line) => begin.test(line));
  return from === -1 ? [] : lines.slice(from);
};

describe('status', () => {
  it('says who holds what until when, by whom and why, what waits and for whom, and what is late since when', async () => {
    const { code, lines, said } = await status('shop');
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^shop: 1 overdue since 20\S+Z, 1 ending, 1 granted, 1 waiting$/);
    expect(beginning(lines, /^ {2}ENDING +ROLE +LOGIN +PERSON +DUE SINCE$/).length).toBeGreaterThan(0);
    expect(said).toMatch(new RegExp(`^ {2}R-${late} +orders_write +ben +U0BEN +20\\S+Z OVERDUE$`, 'm'));
    expect(said).toMatch(
      new RegExp(`R-${late} [^]*approved by U0CORA through dba, 20\\S+Z[^]*not done yet: ${TROUBLE}`),
    );
    expect(said).toMatch(
      new RegExp(
        `^ {2}R-${going} +payments_read +dan +U0DAN +20\\S+Z$[^]*?ends because: ended by U0OLGA$`,
        'm',
      ),
    );
    const grants = beginning(lines, /^ {2}GRANTED +ROLE/);
    expect(grants[1]).toMatch(new RegExp(`^ {2}R-${held} +orders_read +ana +U0ANA +20\\S+Z$`));
    expect(grants[2]).toBe('           why: ticket 812[2J <!channel>');
    expect(grants[3]).toMatch(/^ {11}approved by U0BEN through dba, 20\S+Z$/);
    const waiting = beginning(lines, /^ {2}WAITING +ROLE +LOGIN +PERSON +LAPSES$/);
    expect(waiting[1]).toMatch(new RegExp(`^ {2}R-${waits} +vault_read +ana +U0ANA +20\\S+Z$`));
    expect(waiting[3]).toBe('           for 1 hour; asked: @dba');
    for (const unseen of ['\u001b', '\u202e']) expect(said).not.toContain(unseen);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('shows what one person has, by id or by login, or what is overdue, and says when that is nothing', async () => {
    for (const who of ['U0ANA', 'ana']) {
      const { said } = await status('--person', who);
      expect([...said.matchAll(/^ {2}(R-\d+)/gm)].map(([, id]) => id)).toEqual([`R-${held}`, `R-${waits}`]);
      expect(said).toMatch(/^shop: 1 granted, 1 waiting$/m);
    }
    const overdue = await status('--overdue');
    expect([...overdue.said.matchAll(/^ {2}(R-\d+)/gm)].map(([, id]) => id)).toEqual([`R-${late}`]);
    expect((await status('--person', 'U0NOBODY')).said).toBe('U0NOBODY has nothing open.');
    expect((await status('empty', '--overdue')).said).toMatch(/^empty: nothing is open$/);
  });

  it('prints the same as one JSON document', async () => {
    const { code, said } = await status('shop', '--json');
    expect(code).toBe(0);
    const { at, targets } = JSON.parse(said);
    expect(Math.abs(Date.now() - Date.parse(at))).toBeLessThan(60_000);
    expect(targets).toHaveLength(1);
    const [shop] = targets;
    expect(shop).toMatchObject({
      target: 'shop',
      server: SERVER,
      due: 2,
      overdue: 1,
      granted: 1,
      waiting: 1,
    });
    expect(shop.blocked).toEqual([
      {
        reason: 'trouble',
        says: `1 request or membership waits: ${TROUBLE}`,
        nextStep: expect.stringContaining('hallpass check shop'),
      },
    ]);
    expect(shop.requests.map(({ id }: { id: string }) => id)).toEqual(
      [late, going, held, waits].map((id) => `R-${id}`),
    );
    expect(shop.requests[2]).toMatchObject({
      state: 'active',
      role: 'orders_read',
      login: 'ana',
      person: 'U0ANA',
      reason: expect.stringContaining(ESC),
      askedSeconds: 3_600,
      approvedSeconds: 2_700,
      decidedBy: 'U0BEN',
      decidedThrough: 'dba',
      dueSince: null,
      overdue: false,
    });
    expect(Date.parse(shop.requests[0].dueSince)).toBeLessThan(Date.now() - 9 * 60_000);
    expect(shop.requests[3]).toMatchObject({ state: 'pending', asked: [{ id: 'S0DBA', name: 'dba' }] });
    expect(shop.strays).toEqual([]);
    expect(shop.orphans).toEqual([]);
    const all = JSON.parse((await status('--json')).said);
    expect(all.targets.map(({ target }: { target: string }) => target)).toEqual(TARGETS.toSorted());
    expect(JSON.parse((await status('--person', 'U0NOBODY', '--json')).said)).toMatchObject({ targets: [] });
  });

  it('names a target that the ledger doesn’t know, with the nearest one', async () => {
    const { code, said } = await status('shpo');
    expect(code).toBe(1);
    expect(said).toMatch(
      /the ledger knows no target shpo; did you mean "shop"\?\nName one of back, copied, /,
    );
  });

  it('says that the ledger can’t be reached, or that there is none', async () => {
    const nowhere = await hallpass(['status'], { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' });
    expect(nowhere).toMatchObject({
      code: 1,
      said: expect.stringContaining('The connection to the ledger’s server'),
    });
    expect((await hallpass(['status'], {})).said).toContain('DATABASE_URL: is not set');
  });
});

describe('a target that is blocked', () => {
  const blocked = async (target: string) => {
    const { said } = await status(target, '--json');
    const [{ blocked }] = JSON.parse(said).targets;
    const text = await status(target);
    for (const { reason } of blocked) expect(text.said).toContain(`BLOCKED (${reason})`);
    for (const line of text.lines) expect(line.length).toBeLessThanOrEqual(100);
    return blocked as { reason: string; says: string; nextStep: string }[];
  };
  const OTHER = { seq: 9_999, hash: '0123456789abcdef', lastId: 1 };

  it('because it remembers another ledger', async () => {
    const { key } = await readReach(db);
    await recordDoubt(
      db,
      'doubted',
      formatAnchor(signAnchor(OTHER, key, { target: 'doubted', server: SERVER })),
    );
    expect(await blocked('doubted')).toEqual([
      {
        reason: 'ledger_doubted',
        says: expect.stringContaining('nothing is granted or revoked there'),
        nextStep: expect.stringContaining('hallpass recover doubted'),
      },
    ]);
  });

  it('because somebody forged what it remembers', async () => {
    await recordAnchored(db, 'forged');
    const foreign = signAnchor(OTHER, Buffer.alloc(32), { target: 'forged', server: SERVER });
    await recordDoubt(db, 'forged', formatAnchor(foreign));
    expect(await blocked('forged')).toEqual([
      expect.objectContaining({
        reason: 'anchor_forged',
        nextStep: expect.stringContaining('recover --accept forged'),
      }),
    ]);
  });

  it('because what answers may be a copy', async () => {
    await recordStranger(db, 'copied', { id: SERVER, timeline: 2, startedAt: 2_000_000, lsn: null });
    expect(await blocked('copied')).toEqual([
      expect.objectContaining({
        reason: 'may_be_a_copy',
        says: expect.stringContaining('timeline 2, started 1970'),
        nextStep: expect.stringContaining('recover --replaced copied'),
      }),
    ]);
  });

  it('because another server answers, until the known one is seen again', async () => {
    await asked(db, { target: 'moved' }, granted());
    const day = new Date().toISOString().slice(0, 10);
    await insertOperatorNote(db, {
      key: `server:moved:${SERVER}:7400:${day}`,
      channel: 'C0OPS',
      message: {},
    });
    expect(await blocked('moved')).toEqual([
      expect.objectContaining({ reason: 'other_server', says: expect.stringContaining('7400') }),
    ]);
    await owner.query(`update targets set seen_at = now() where name = 'moved'`);
    expect(await blocked('moved')).toEqual([]);
  });

  it('because another login of Hallpass’s granted what is out, until that one grants again', async () => {
    const id = await asked(db, { target: 'renamed' }, granted('U0BEN', 10));
    const day = new Date().toISOString().slice(0, 10);
    await insertOperatorNote(db, { key: `login:renamed:11:${day}`, channel: 'C0OPS', message: {} });
    expect(await blocked('renamed')).toEqual([
      expect.objectContaining({ reason: 'former_login', says: expect.stringContaining(`R-${id}`) }),
    ]);
    await asked(db, { target: 'renamed' }, granted('U0BEN', 10));
    expect(await blocked('renamed')).toEqual([]);
  });

  it('by a row that this release can’t read, and shows it beside the others', async () => {
    const good = await asked(db, { target: 'newer', role: 'a', login: 'ana' }, granted());
    const bad = await asked(db, { target: 'newer', role: 'b', login: 'ana' }, granted());
    await owner.query(`alter table requests drop constraint requests_sessions_check`);
    await owner.query(`update requests set sessions = 'newer' where id = $1`, [bad]);
    expect(await blocked('newer')).toEqual([
      expect.objectContaining({
        reason: 'unreadable',
        says: expect.stringContaining(`R-${bad} can't be read`),
      }),
    ]);
    const { said } = await status('newer');
    expect(said).toMatch(new RegExp(`^ {2}R-${good} +a +ana`, 'm'));
    expect(said).toMatch(
      new RegExp(`^ {2}R-${bad} +b +ana[^\n]*\n +a request in the ledger cannot be read`, 'm'),
    );
  });

  it('by what several requests say of it, the most frequent first', async () => {
    for (let i = 0; i < 3; i++) {
      await asked(db, { target: 'down' }, [
        ...granted(),
        { type: 'end', by: 'U0OLGA' },
        { type: 'blocked', trouble: i < 2 ? 'it does not answer' : 'it refuses' },
      ]);
    }
    const found = await blocked('down');
    expect(found.map(({ says }) => says)).toEqual([
      '2 requests or memberships wait: it does not answer',
      '1 request or membership waits: it refuses',
    ]);
  });

  it('shows what came back, as overdue when it is', async () => {
    const id = await asked(db, { target: 'back', role: 'orders_read', login: 'ana', requester: 'U0BACK' });
    const request = { id, requester: 'U0BACK', endedAt: new Date() };
    await insertStrays(db, [
      {
        ...{ kind: 'leftover', target: 'back', role: 'orders_read', login: 'ana', requestId: request.id },
        place: { server: SERVER, grantorOid: 10, roleOid: 1, memberOid: 2 },
        ...{ orphanId: null, askedBy: null, because: 'a restore.', absentAt: null, tell: [], holdMs: 0 },
        terms: { sessions: 'auto', setRole: false },
        audit: { kind: 'leftover_found', data: { because: 'a restore' } },
      },
    ]);
    await owner.query(`update strays set trouble = 'it does not answer' where target = 'back'`);
    const { said } = await status('back');
    expect(said).toMatch(
      /^back: 1 ending, 1 waiting\n {2}BLOCKED \(trouble\)\n {4}1 request or membership waits: it/m,
    );
    expect(said).toMatch(
      new RegExp(
        `^ {2}CAME BACK +ROLE .*\\n {2}R-${id} +orders_read +ana +U0BACK +20\\S+Z\\n +it was on the server again.*\\n +why: a restore\\.\\n +not done yet: it does not answer$`,
        'm',
      ),
    );
    expect((await status('back', '--overdue')).said).not.toContain('CAME BACK');
    await owner.query(`update strays set due_at = due_at - interval '2 minutes' where target = 'back'`);
    expect((await status('--overdue')).said).toMatch(/^back: 1 overdue since 20\S+Z, 1 waiting$/m);
    expect((await status('--overdue')).said).toContain('CAME BACK');
    const [back] = JSON.parse((await status('--person', 'U0BACK', '--json')).said).targets;
    expect(back.strays).toEqual([
      expect.objectContaining({
        kind: 'leftover',
        request: `R-${id}`,
        person: 'U0BACK',
        trouble: 'it does not answer',
      }),
    ]);
    expect((await hallpass(['show', `R-${id}`], env)).said).toMatch(
      /It came back on the server, found 20\S+Z, and is being revoked\. Not done yet: it does\s+not\s+answer/,
    );
  });

  it('shows what no request explains', async () => {
    const pair = { roleOid: 1, memberOid: 2, role: 'orders_read', login: 'eve', setRole: false };
    await recordChecked(db, 'empty', 'sweeper', SERVER);
    await recordOrphans(db, 'empty', { server: SERVER, grantorOid: 10 }, [pair]);
    const { said } = await status('--person', 'eve');
    expect(said).toMatch(/^empty: 1 unexplained\n\n {2}UNEXPLAINED +ROLE +LOGIN.*\n {2}- +orders_read +eve/m);
    const json = JSON.parse((await status('empty', '--json')).said);
    expect(json.targets[0].orphans).toEqual([
      { role: 'orders_read', login: 'eve', foundAt: expect.any(String) },
    ]);
  });
});

describe('with thousands open', () => {
  const MANY = 8_000;

  it('prints them all in little memory, and stops in silence when nobody reads on', async () => {
    await owner.query(
      `insert into requests (target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id, pending_until)
         select 'crowd', 'r' || n % 7, 'l' || n, 'U0CROWD', repeat('word ', 1600), 1000, 1000, '[]', 'crowd' || n, now() + interval '1 day'
           from generate_series(1, $1::int) n`,
      [MANY],
    );
    const little = { ...env, NODE_OPTIONS: '--max-old-space-size=64' };
    // 64 MB of JSON.
    const json = await piped('status crowd --json', `grep -c '"person":"U0CROWD"'`, little);
    expect(json).toMatchObject({ code: 0, said: String(MANY) });
    const text = await piped('status crowd', `grep -c '^  R-'`, little);
    expect(text).toMatchObject({ code: 0, said: String(MANY) });
    for (const args of ['status crowd', 'status --json']) {
      const { code, lines } = await piped(args, 'head -n 1', env);
      expect({ code, lines: lines.length }).toEqual({ code: 0, lines: 1 });
    }
  });
});
