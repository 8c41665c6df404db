/** A target's server refuses Hallpass's login: it is retried like one that is down, and the operators hear of it. */
import { expect, test } from 'vitest';
import { HALLPASS } from '../../sandbox/postgres/samples.js';
import { all, card, click, request, told } from '../../sandbox/stage/people.js';
import { expectReads } from '../support/access.js';
import { operatorsHear } from '../support/messages.js';
import { inLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const stage = await openStage();
const { slack, server, samples } = stage;

const setPassword = async (password: string) => {
  await server.query(`alter role ${HALLPASS} password '${password}'`);
  await server.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [HALLPASS]);
};

test('an approval waits for it, and nobody has to approve before the operators are told', async () => {
  await stage.startHallpass();
  await setPassword('another one');
  // The form looks at the server: nobody has approved anything yet.
  const began = Date.now();
  const id = await request(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  const report = await operatorsHear(stage, /can’t log in on Shop/);
  expect(Date.now() - began).toBeLessThan(60_000);
  expect(all(report)).toMatch(/refuses the password|password/);
  expect(all(report)).toContain('`hallpass check shop`');

  await click(slack, 'cora', await card(slack, id, /Waiting for approval/), 'Approve');
  await card(slack, id, /Hallpass keeps trying:[\s\S]*password/);
  expect((await inLedger(stage, id)).state).toBe('granting');

  await setPassword(samples.hallpass.password);
  await told(slack, 'ana', id, /psql/);
  await expectReads(stage, 'ana', 'orders_read');
  await operatorsHear(stage, /can log in on Shop again/);
  expect(
    slack
      .as('U0OLGA')
      .messages('C0OPS')
      .filter((m) => /log in on Shop/.test(m.text)),
  ).toHaveLength(1);
});
