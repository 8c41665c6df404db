/** `hallpass report` as an auditor has it: one line a grant, and nothing but DATABASE_URL is set. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { insertEvent } from '../../src/ledger/audit/insert-event.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { anAuditedLedger } from '../audit/ledger.js';
import { parseCsv } from '../support/csv.js';
import { asked, granted, happened, PROOF } from './people.js';
import { hallpass, piped } from './run.js';

const { db, owner, databaseUrl } = await anAuditedLedger();
const env = { DATABASE_URL: databaseUrl };
await registerTargets(db, ['shop', 'attic', 'crowd']);
const folder = await mkdtemp(join(tmpdir(), 'hallpass-report-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const report = (...args: string[]) => hallpass(['report', ...args], env);
const jsonl = async (...args: string[]) => {
  const { code, lines } = await report('--format', 'jsonl', ...args);
  expect(code).toBe(0);
  return lines.map((line) => JSON.parse(line));
};
/** A request's times, as its ledger's owner. */
const at = (id: number, grantedAt: string, endedAt: string | null = null) =>
  owner.query('update requests set granted_at = $2, ended_at = coalesce($3, ended_at) where id = $1', [
    id,
    grantedAt,
    endedAt,
  ]);

const HOSTILE = '=HYPERLINK("https://evil.example","a, b")\r\n"second"\u001b[2J';
const ended = await asked(
  db,
  { target: 'shop', role: 'orders_read', login: 'ana', requester: 'U0ANA', reason: HOSTILE },
  [{ type: 'previewed', result: { ok: true, preview: { danger: 'read' } } }, ...granted()],
);
await happened(db, ended, [
  { type: 'end', by: 'U0OLGA' },
  { type: 'proved_gone', proof: PROOF },
]);
await at(ended, '2026-11-01T00:00:00Z', '2026-11-01T00:44:10Z');
const onCall = await asked(db, { target: 'attic', role: '+x', login: 'ben', requester: 'U0BEN' }, [
  { type: 'approve_by_rule', rule: 'on_call', through: 'schedule P1', maxMs: 900_000 },
  ...granted().slice(1),
]);
await at(onCall, '2026-11-30T23:59:59.999Z');
const newer = await asked(db, { target: 'shop', login: 'dan', requester: 'U0DAN' }, granted());
await at(newer, '2026-12-01T00:00:00Z');
// Never granted.
await asked(db, { target: 'shop' });
await happened(db, await asked(db, { target: 'shop' }), [{ type: 'deny', by: 'U0BEN', via: 'dba' }]);

const NOVEMBER = ['--since', '2026-11-01', '--until', '2026-12-01'] as const;

describe('report', () => {
  it('has one line for each grant of a time: since is in it, until is not', async () => {
    expect((await jsonl(...NOVEMBER)).map(({ id }) => id)).toEqual([`R-${ended}`, `R-${onCall}`]);
    expect((await jsonl('--since', '2026-12-01')).map(({ id }) => id)).toEqual([`R-${newer}`]);
    expect((await jsonl('--until', '2026-11-01T01:00+01:00')).map(({ id }) => id)).toEqual([]);
    expect((await jsonl()).map(({ id }) => id)).toEqual([ended, onCall, newer].map((id) => `R-${id}`));
    expect((await jsonl(...NOVEMBER, '--target', 'attic')).map(({ id }) => id)).toEqual([`R-${onCall}`]);
  });

  it('says who held what for how long, why, by whose approval, and how it ended', async () => {
    const [first, second] = await jsonl(...NOVEMBER);
    expect(first).toEqual({
      id: `R-${ended}`,
      ...{ person: 'U0ANA', login: 'ana', target: 'shop', role: 'orders_read' },
      ...{ askedSeconds: 3_600, heldSeconds: 2_650, sessionSeconds: 0, reason: HOSTILE },
      ...{ approvedBy: 'U0BEN', approvedThrough: 'dba', approvedAt: expect.any(String) },
      ...{ extendedBy: null, extendedAt: null, grantedAt: '2026-11-01T00:00:00.000Z' },
      ...{
        endedAt: '2026-11-01T00:44:10.000Z',
        why: 'ended',
        endedBy: 'U0OLGA',
        sessionsEnded: 2,
        danger: 'read',
        emergency: false,
        verdict: null,
        reviewer: null,
        reviewerWords: null,
      },
    });
    expect(second).toMatchObject({
      ...{
        approvedBy: 'on call',
        approvedThrough: 'schedule P1',
        endedAt: null,
        why: null,
        sessionsEnded: null,
        danger: null,
        emergency: false,
        verdict: null,
        reviewer: null,
        reviewerWords: null,
      },
    });
  });

  it('is as CSV what it is as JSON, and no cell is a formula', async () => {
    const out = await piped(`report ${NOVEMBER.join(' ')} --format csv`, `cat > ${folder}/november.csv`, env);
    expect(out.code).toBe(0);
    const [head = [], ...rows] = parseCsv(await readFile(join(folder, 'november.csv'), 'utf8'));
    const facts = await jsonl(...NOVEMBER);
    expect(head).toEqual(Object.keys(facts[0]));
    expect(rows).toHaveLength(2);
    for (const [i, row] of rows.entries()) {
      for (const cell of row) expect(cell).not.toMatch(/^[\s\p{C}]*[=+\-@＝＋－＠]/u);
      const plain = row.map((cell) => cell.replace(/^'/, ''));
      expect(plain.filter((_, j) => head[j] !== 'heldSeconds')).toEqual(
        Object.entries(facts[i])
          .filter(([key]) => key !== 'heldSeconds')
          .map(([, value]) => String(value ?? '')),
      );
    }
  });

  it('is as a table what a person reads', async () => {
    const { lines, code } = await report(...NOVEMBER);
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(/^GRANT +LOGIN +TARGET +ROLE +GRANTED +HELD +ENDED$/),
      expect.stringMatching(
        new RegExp(`^R-${ended} +ana +shop +orders_read +2026-11-01T00:00:00Z +44m10s +ended$`),
      ),
      '        why: =HYPERLINK("https://evil.example","a, b") "second"[2J',
      '        U0ANA asked for 1h; approved by U0BEN through dba',
      '        ended 2026-11-01T00:44:10Z by U0OLGA; sessions ended: 2; danger: read',
      expect.stringMatching(
        new RegExp(`^R-${onCall} +ben +attic +\\+x +2026-11-30T23:59:59Z +\\S+ +not yet$`),
      ),
      '        why: ticket 812',
      '        U0BEN asked for 1h; approved by the on-call rule through schedule P1',
      '        danger: unknown',
    ]);
    expect((await report('--until', '2020-01-01')).said).toBe('Nothing was granted in that time.');
  });

  it('shows who extended it', async () => {
    const id = await asked(db, { target: 'attic', login: 'eve' }, granted());
    await owner.query(`update requests set expires_at = expires_at - interval '10 minutes' where id = $1`, [
      id,
    ]);
    await happened(db, id, [
      { type: 'extend', by: 'U0CORA', via: 'dba', maxMs: 3_600_000 },
      { type: 'extended' },
    ]);
    const found = (await jsonl('--target', 'attic')).find((grant) => grant.id === `R-${id}`);
    expect(found).toMatchObject({ extendedBy: 'U0CORA', extendedAt: expect.any(String) });
  });

  it.each([
    [['--since', 'yesterday'], /--since: "yesterday" is no time/],
    [['--since', '2026-12-01', '--until', '2026-11-01'], /--since is not before --until/],
    [['--target', 'shpo'], /knows no target shpo; did you mean "shop"\?/],
    [['--format', 'xml'], /Allowed choices are table, csv, jsonl/],
  ])('refuses %s', async (args, says) => {
    const { code, said } = await report(...args);
    expect(code).toBe(1);
    expect(said).toMatch(says);
  });

  it('says beside its output that requests were deleted', async () => {
    await insertEvent(db, null, {
      kind: 'requests_pruned',
      actor: null,
      data: { count: 1, before: '2026-06-01T00:00:00Z' },
    });
    const quiet = await piped(`report --since 2026-06-01 --format csv`, 'cat > /dev/null', env);
    expect(quiet.said).toBe('');
    const warned = await piped(`report --since 2026-05-01 --format csv`, 'cat > /dev/null', env);
    expect(warned.said).toMatch(/^Requests that were over before 2026-06-01T00:00:00Z may have been deleted/);
  });

  it('reads thousands in little memory, and stops in silence when nobody reads on', async () => {
    await owner.query(
      `insert into requests (state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id, pending_until,
           granted_at, expires_at, ended_at, why)
         select 'ended', 'crowd', 'r', 'l' || n, 'U0CROWD', repeat('word ', 1600), 1000, 1000, '[]', 'crowd' || n, now(),
             now(), now(), now(), 'expired' from generate_series(1, 8000) n`,
    );
    const little = { ...env, NODE_OPTIONS: '--max-old-space-size=64' };
    for (const format of ['jsonl', 'csv', 'table']) {
      const out = await piped(
        `report --target crowd --format ${format} 2>/dev/null`,
        'grep -c U0CROWD',
        little,
      );
      expect({ format, code: out.code, said: out.said }).toEqual({ format, code: 0, said: '8000' });
      const head = await piped(`report --target crowd --format ${format} 2>/dev/null`, 'head -n 1', env);
      expect({ code: head.code, lines: head.lines.length }).toEqual({ code: 0, lines: 1 });
    }
  });
});
