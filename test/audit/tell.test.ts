import { expect, test } from 'vitest';
import { checkBlocks } from '../../sandbox/slack/validate/message.js';
import { tellHead } from '../../src/access/audit/tell.js';
import { verifyChain } from '../../src/access/audit/verify.js';
import { parseHead } from '../../src/domain/audit/audit-chain.js';
import { readMessage } from '../../src/surfaces/kit/message.js';
import { addEvents, anAuditedLedger } from './ledger.js';

const { db, owner } = await anAuditedLedger();
let kicks = 0;
const replica = {
  db,
  config: {
    hash: '',
    slack: { command: '/request', channel: 'C0CARDS', operatorsChannel: 'C0OPS' },
    operators: [],
    limits: { pendingPerPerson: 10, requestsPerMinute: 10, origins: [] },
    people: new Map(),
    targets: new Map(),
  },
  outbox: {
    kick: () => {
      kicks += 1;
    },
  },
};
const tell = () => Promise.all([1, 2, 3, 4].map(() => tellHead(replica)));
const told = async () => (await db.query('select key, recipient, message from deliveries order by key')).rows;

test('the operators are told the head once a day, by whichever replica is first, also when nothing was added', async () => {
  await tell();
  expect(await told()).toEqual([]);
  await addEvents(db, 3);
  await tell();
  await addEvents(db, 1);
  await tell();
  const [first, ...more] = await told();
  expect(more).toEqual([]);
  expect(kicks).toBe(1);
  expect(first).toMatchObject({
    key: expect.stringMatching(/^audit-head:\d{4}-\d\d-\d\d$/),
    recipient: 'C0OPS',
  });
  const message = readMessage(first.message);
  expect(checkBlocks(message?.blocks)).toMatchObject({ ok: true });
  const noted = parseHead(/`(\d+:[0-9a-f]+)`/.exec(message?.text ?? '')?.[1] ?? '');
  expect(noted?.seq).toBe(3);
  expect((await verifyChain(db, null, noted)).faults).toEqual([]);

  await owner.query("update deliveries set key = 'audit-head:2026-01-01'");
  await tell();
  expect(await told()).toHaveLength(2);
});
