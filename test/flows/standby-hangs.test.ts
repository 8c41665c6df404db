/** A standby that says nothing any more: what people read in the meantime. */
import { expect, onTestFinished, test } from 'vitest';
import { startProxy } from '../../sandbox/postgres/proxy.js';
import { card, cardNow, told } from '../../sandbox/stage/people.js';
import { inLedger, obtain } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { startStandby } from '../support/standby.js';

const to = { host: '127.0.0.1', port: 0 };
const proxy = await startProxy(to);
const stage = await openStage({
  configure: (yaml) =>
    yaml.replace('    roles:\n', `    replicas: [{ host: 127.0.0.1, port: ${proxy.port} }]\n    roles:\n`),
});

test('a card does not say "Granted until" past the expiry while a standby hangs', async () => {
  const standby = await startStandby(stage.server);
  onTestFinished(() => standby.stop());
  onTestFinished(() => proxy.close());
  to.port = standby.port;
  const hallpass = await stage.startHallpass();
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '10s' });
  await standby.catchUp();
  const { toClient } = proxy;
  proxy.toClient = () => null;
  const { expires_at: expiry } = await inLedger(stage, id);
  await card(stage.slack, id, /Granted until/);
  await stage.slack.waitFor(() => cardNow(stage.slack, id, /not yet confirmed/));
  // The sweep itself waits for the standby up to 15 s.
  expect(Date.now() - (expiry?.getTime() ?? 0)).toBeLessThan(14_000);
  expect((await inLedger(stage, id)).ended_at).toBeNull();
  proxy.toClient = toClient;
  proxy.cut();
  await told(stage.slack, 'ana', id, /Ended: its time was up/);
  expect(await hallpass.stop()).toBe(0);
});
