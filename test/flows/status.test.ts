/** What operators see of real grants, by a login that may only read the ledger's tables, also while the target is down. */

import { expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { card, deny, request } from '../../sandbox/stage/people.js';
import { hallpass } from '../commands/run.js';
import { untilRefused } from '../support/access.js';
import { expectSettled, obtain, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const stage = await openStage();
const env = { DATABASE_URL: stage.env.DATABASE_URL ?? '' };
const { slack, server } = stage;

test('a grant is shown from the request to the report', async () => {
  const running = await stage.startHallpass();
  const asked = await request(slack, 'ben', {
    role: 'orders_write',
    duration: '15 minutes',
    reason: 'an import',
  });
  const waiting = await hallpass(['status', 'shop'], env);
  expect(waiting.said).toMatch(
    new RegExp(`WAITING[^R]*ROLE.*\n {2}${asked} +orders_write +ben +${CAST.ben} +20`),
  );
  expect(waiting.said).toMatch(/why: an import\n +for 15 minutes; asked: @dba$/m);
  await deny(slack, 'cora', await card(slack, asked, /Waiting for approval/));

  const { id } = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
  const held = await hallpass(['status', '--person', CAST.ana], env);
  expect(held.said).toMatch(new RegExp(`^ {2}${id} +orders_read +ana +${CAST.ana} +20\\S+Z$`, 'm'));
  expect(held.said).toMatch(new RegExp(`approved by ${CAST.cora} through dba`));

  await server.stop();
  await runSql(
    stage.ledgerUrl,
    `update requests set expires_at = now() - interval '2 minutes' where id = $1`,
    [id.slice(2)],
  );
  await card(slack, id, /not yet confirmed/);
  const late = await hallpass(['status', '--overdue'], env);
  expect(late.said).toMatch(/^shop: 1 overdue since 20\S+Z\n {2}BLOCKED \(trouble\)$/m);
  expect(late.said).toMatch(new RegExp(`^ {2}${id} .* OVERDUE$`, 'm'));
  expect((await hallpass(['show', id], env)).said).toMatch(
    /^Being revoked since 20\S+Z, not confirmed yet: its time was up\.\nNot done yet: /m,
  );

  await server.start();
  await untilRefused(stage, 'ana', 'orders_read', new Date());
  await untilInLedger(stage, id, 'ended');
  const { lines } = await hallpass(['show', id], env);
  expect(lines.at(-1)).toMatch(/Z {2}Hallpass (?:revoked it|read what changed)/);
  expect(
    lines.some((line) => /Hallpass revoked it, confirmed on the server\. \d sessions? ended\.$/.test(line)),
  ).toBe(true);
  for (const line of lines) expect(line).not.toContain("doesn't know");
  const report = await hallpass(['report', '--format', 'jsonl', '--since', '1h'], env);
  expect(report.lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      ...{ id, person: CAST.ana, login: 'ana', target: 'shop', role: 'orders_read', askedSeconds: 900 },
      ...{ approvedBy: CAST.cora, approvedThrough: 'dba', why: 'expired', danger: 'read' },
    }),
  ]);
  await expectSettled(stage);
  expect(await running.stop()).toBe(0);
});
