import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runSql } from '../../../postgres/server-access.js';
import { card, request, told } from '../../../stage/people.js';
import { obtain } from '../../../tour/story.js';
import type { Part } from '../part.js';
import { call, openStaged, type Staged } from '../testing/staged.js';
import { faultsPart } from './faults.js';

let staged: Staged;
let part: Part;

beforeAll(async () => {
  staged = await openStaged();
  part = faultsPart(staged.backstage, staged.feed);
});
afterAll(async () => {
  await part.close?.();
  await staged.close();
});

const state = () => staged.feed.state('faults');
const came = () => state().last?.came.join('\n') ?? '';
const until = (check: () => void) => vi.waitFor(check, { timeout: 40_000, interval: 100 });

it('stops and starts each server, and says what is out there meanwhile', async () => {
  expect(state().servers).toEqual({ shop: 'up', vault: 'up', ledger: 'up' });
  await obtain(staged.stage, { role: 'orders_read', duration: '15 minutes' });
  const stopping = call(part, 'server', { name: 'shop', to: 'down' });
  expect(state().servers.shop).toBe('stopping');
  await expect(call(part, 'server', { name: 'shop', to: 'up' })).rejects.toThrow('Shop is stopping already');
  await stopping;
  expect(state().servers.shop).toBe('down');
  await expect(staged.stage.sqlAs('ana', 'select 1')).rejects.toThrow();
  expect(came()).toMatch(/It is down, after \d+ ms\.\nStill out: R-\d+ \(ana: orders_read on shop\)\./);
  await call(part, 'server', { name: 'shop', to: 'up' });
  expect(state().servers.shop).toBe('up');
  await staged.stage.sqlAs('ana', 'select 1');
});

it('kills Hallpass and starts it again', async () => {
  await call(part, 'kill-hallpass');
  await until(() => expect(state().hallpass).toBe('gone'));
  expect(state().last?.what).toBe('Hallpass is killed (kill -9)');
  await expect(call(part, 'kill-hallpass')).rejects.toThrow('Hallpass does not run');
  await call(part, 'start-hallpass');
  expect(state().hallpass).toBe('running');
  expect(came()).toMatch(/It is ready, after \d+ ms/);
});

it('flushes the alarms, and the time is up all the same', async () => {
  const { id } = await obtain(staged.stage, { role: 'payments_read', duration: '5 seconds' });
  await call(part, 'flush-alarms');
  expect(came()).toMatch(/^\d+ alarms? (is|are) gone\.$/);
  const [left] = await runSql<{ n: number }>(
    staged.stage.ledgerUrl,
    "select count(*)::int as n from bullmq.job where state = 'delayed'",
  );
  expect(left?.n).toBe(0);
  await told(staged.stage.slack, 'ana', id, /Ended: its time was up/);
});

it('has Slack answer 500, and messages come when it works again', async () => {
  const { slack } = staged.stage;
  await call(part, 'slack-trouble', { trouble: 'error' });
  expect(state().slack).toBe('error');
  const answer = await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' });
  expect(answer.status).toBe(500);
  await call(part, 'slack-trouble', { trouble: 'none' });
  expect((await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' })).status).toBe(200);
});

it('changes who is on call, which decides who waits for an approver', async () => {
  const { slack } = staged.stage;
  await call(part, 'on-call', { who: 'ben' });
  const bens = await request(slack, 'ben', { role: 'orders_write', duration: '15 minutes' });
  await told(slack, 'ben', bens, /psql/);
  await call(part, 'on-call', { who: null });
  const dans = await request(slack, 'dan', { role: 'orders_write', duration: '15 minutes' });
  await card(slack, dans, /Approve/);
  expect(state()).toMatchObject({ onCall: null, last: { what: 'Nobody is on call' } });
});

it('turns the clock for all that is open: what is granted ends, what waits goes up its ladder', async () => {
  const { stage } = staged;
  const vault = await obtain(stage, { target: 'vault', role: 'vault_read', duration: '1 hour' });
  const waits = await request(stage.slack, 'ben', { role: 'orders_read', duration: '15 minutes' });
  await card(stage.slack, waits, /Approve/);
  await call(part, 'turn-clock', { by: '1 hour' });
  expect(came()).toContain(`${vault.id} (vault_read on vault) its time is up.`);
  expect(came()).toContain(
    `${waits} (orders_read on shop) has waited long enough for the next step of its ladder.`,
  );
  await until(() => {
    expect(came()).toContain(`${vault.id} (vault_read on vault): ended (expired).`);
    expect(came()).toContain(`${waits} (orders_read on shop): the next step of its ladder was told.`);
  });
  await told(stage.slack, 'ana', vault.id, /Ended: its time was up/);
});

it('says why when the ledger can not be asked, and puts everything right', async () => {
  await call(part, 'server', { name: 'ledger', to: 'down' });
  await expect(call(part, 'turn-clock', { by: '1 day' })).rejects.toThrow('start it first');
  await expect(call(part, 'flush-alarms')).rejects.toThrow('it keeps the alarms');
  await call(part, 'pagerduty-trouble', { down: true });
  await call(part, 'kill-hallpass');
  await call(part, 'heal');
  expect(state()).toMatchObject({
    hallpass: 'running',
    servers: { shop: 'up', vault: 'up', ledger: 'up' },
    slack: 'none',
    pagerdutyDown: false,
    onCall: 'dan',
    last: { what: 'Everything works again' },
  });
});
