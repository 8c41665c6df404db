/** What was told long ago is forgotten while Hallpass runs; and the card of a request that is gone answers truthfully. */
import { generateKeyPairSync } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { card, click, clickAndHear, request, told } from '../../sandbox/stage/people.js';
import { pruneEvents } from '../../src/access/audit/prune.js';
import { ledgerConnection } from '../../src/ledger/pool.js';
import { untilAllSent, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const { slack } = stage;

test('a click on the card of a request that was pruned is answered, and deletes nothing', async () => {
  let hallpass = await stage.startHallpass();
  const id = await request(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  const waiting = await card(slack, id, /Waiting for approval/);
  await click(slack, 'ana', await told(slack, 'ana', id, /Waiting for/), 'Cancel request');
  await untilInLedger(stage, id, 'withdrawn');
  const next = await request(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  await card(slack, next, /Waiting for approval/);
  await untilAllSent(stage);
  expect(await hallpass.stop()).toBe(0);

  const number = id.slice('R-'.length);
  const keys = async () =>
    (
      await runSql<{ key: string }>(stage.ledgerUrl, 'select key from deliveries where request_id = $1', [
        number,
      ])
    ).map(({ key }) => key);
  await runSql(
    stage.ledgerUrl,
    `update deliveries set created_at = now() - interval '31 days' where request_id = $1`,
    [number],
  );
  await runSql(stage.ledgerUrl, `update requests set ended_at = now() - interval '31 days' where id = $1`, [
    number,
  ]);
  expect((await keys()).length).toBeGreaterThan(1);
  hallpass = await stage.startHallpass();
  await waitFor(async () => expect(await keys()).toEqual([`card:${number}`]), {
    what: 'what was told long ago to be forgotten',
  });

  const owner = new pg.Client(ledgerConnection(stage.ledgerUrl));
  await owner.connect();
  try {
    const keyPair = generateKeyPairSync('ed25519');
    expect(await pruneEvents(owner, new Date('2999-01-01'), keyPair, 'ana@laptop')).toMatchObject({
      requests: 1,
    });
  } finally {
    await owner.end();
  }
  expect(await clickAndHear(slack, 'cora', waiting, 'Approve')).toMatch(
    new RegExp(`Hallpass has no request \`${id}\`.*old requests are deleted`),
  );
  expect(stage.log.filter((line) => line.includes('"security":"unknown_request"'))).toEqual([]);
  expect(await hallpass.stop()).toBe(0);
});
