import { expect, test } from 'vitest';
import type { ConsoleSession, Outcome, Ran } from '../../../api-database.js';
import { promptOf, stateOf, took, whyWait } from './prompt.js';
import { Recall } from './recall.js';
import { firstStatement } from './statements.js';
import { addSeen, type Seen } from './watching.js';

const session = (changes: Partial<ConsoleSession> = {}): ConsoleSession => ({
  login: 'ana',
  on: 'shop',
  pid: 1,
  transaction: 'idle',
  running: false,
  ended: null,
  ...changes,
});

test.each([
  [null, 'shop=>', 'no session yet', null],
  [session(), 'shop=>', 'idle', null],
  [session({ transaction: 'open' }), 'shop=*>', 'in a transaction', /transaction is open/],
  [session({ transaction: 'failed' }), 'shop=!>', 'in a failed transaction', /transaction is open/],
  [session({ running: true }), 'shop=>', 'running', /query runs/],
  [session({ ended: 'gone', pid: null }), 'shop!>', 'session ended', null],
] as const)('the prompt says how the session stands: %#', (now, prompt, state, waits) => {
  expect([promptOf('shop', now), stateOf(now)]).toEqual([prompt, state]);
  if (waits === null) expect(whyWait(now)).toBeNull();
  else expect(whyWait(now)).toMatch(waits);
});

test.each([
  [0.42, '0.4 ms'],
  [82.4, '82 ms'],
  [9_999, '9999 ms'],
  [12_345, '12.3 s'],
])('%d ms are %s', (ms, words) => {
  expect(took(ms)).toBe(words);
});

test('the first statement is found as Postgres reads it', () => {
  expect(firstStatement('  select \';\' as "a;b", $x$ ; $x$; select 2')).toBe(
    `select ';' as "a;b", $x$ ; $x$;`,
  );
  expect(firstStatement('-- a; comment\nselect 1')).toBe('select 1');
  expect(firstStatement('')).toBe('');
  expect(firstStatement('-- nothing')).toBe('');
});

test('what ran before is brought back, and what was typed meanwhile too', () => {
  const recall = new Recall();
  expect(recall.step(-1, 'typed')).toBeNull();
  for (const sql of ['one', 'two', 'two']) recall.add(sql);
  expect(recall.step(1, 'typed')).toBeNull();
  expect(recall.step(-1, 'typed')).toBe('two');
  expect(recall.step(-1, 'two')).toBe('one');
  expect(recall.step(-1, 'one')).toBeNull();
  expect(recall.step(1, 'one')).toBe('two');
  expect(recall.step(1, 'two')).toBe('typed');
});

const rows = (total: number): Outcome => ({
  kind: 'rows',
  columns: [],
  rows: [],
  total,
  tag: `SELECT ${total}`,
});
const denied: Outcome = {
  kind: 'error',
  severity: 'ERROR',
  message: 'permission denied',
  code: '42501',
  detail: null,
  hint: null,
  at: null,
};
const ran = (outcome: Outcome, because: string | null = null): Ran => ({
  opened: because === null ? null : { pid: 2, because },
  outcomes: [outcome],
  ms: 1,
});

test('of a statement that runs again and again, the changes are kept', () => {
  const runs = [ran(denied), ran(denied), ran(rows(5)), ran(rows(5)), ran(denied, 'administrator command')];
  const seen = runs.reduce<readonly Seen[]>((all, each, n) => addSeen(all, each, n), []);
  expect(seen).toEqual([
    { at: 0, says: 'permission denied', ok: false },
    { at: 2, says: '5 rows', ok: true },
    { at: 4, says: 'the server closed the session: administrator command', ok: false },
    { at: 4, says: 'permission denied', ok: false },
  ]);
  const many = Array.from({ length: 20 }, (_, n) => ran(rows(n))).reduce<readonly Seen[]>(
    (all, each, n) => addSeen(all, each, n),
    seen,
  );
  expect(many.map(({ says }) => says)).toEqual([14, 15, 16, 17, 18, 19].map((n) => `${n} rows`));
});
