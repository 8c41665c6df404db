/** A step of the ladder is told once, whatever crashes or runs beside it: state, messages and page are one statement. */
import { expect, it } from 'vitest';
import { change } from '../../src/access/change.js';
import { OTHERS_LOOK } from '../../src/access/deps.js';
import { pageOf } from '../../src/access/telling/steps.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { aLedger, aWish } from './a-ledger.js';

const { db } = await aLedger();

it('by two processes at once: one event, one message to each, one page, which ends with the decision', async () => {
  const id = (await insertRequest(db, aWish({ firstStepMs: 1 })))?.id ?? 0;
  const key = pageOf(id, 1);
  const steps = [{ afterMs: 1, remind: true, to: [{ id: 'S0SRE', name: 'sre' }], page: true }];
  const alert = {
    key,
    summary: 'undecided',
    details: {},
    channel: 'C0OPS',
    message: { text: 'x', blocks: [] },
  };
  const deps = { db, ...OTHERS_LOOK };
  const tell = () => change(deps, [id], () => ({ event: { type: 'step_due', steps }, alert }));
  const outcomes = await Promise.all([tell(), tell()]);
  expect(outcomes.filter((outcome) => outcome.get(id)?.ok === true)).toHaveLength(1);
  const { rows } = await db.query<{ key: string }>(
    `select key from deliveries where key ~ '^(reminder|step|undecided)' order by key`,
  );
  expect(rows.map((row) => row.key)).toEqual([`reminder:${id}:1`, `step:${id}:1`, key]);
  const page = async () => (await db.query('select key, open from pages')).rows;
  expect(await page()).toEqual([{ key, open: true }]);
  await change(deps, [id], () => ({ event: { type: 'deny', by: 'U0BEN', via: 'dba' } }));
  expect(await page()).toEqual([{ key, open: false }]);
});
