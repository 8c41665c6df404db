/** SIGHUP: the configuration is read again by a process that goes on with its work. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { all, click, request, submitRequest, told } from '../../sandbox/stage/people.js';
import { createGrantable, expectReads, untilRefused } from '../support/access.js';
import { isAlive } from '../support/disturb.js';
import { operatorsHear } from '../support/messages.js';
import { metric } from '../support/ops-port.js';
import { approved, expectSettled, inLedger, obtain, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage({ vault: true });
const { slack, server } = stage;
const path = stage.env.HALLPASS_CONFIG ?? '';
const withVault = await readFile(path, 'utf8');
const first = withVault.slice(0, withVault.indexOf('  vault:\n'));
await writeFile(path, first);
let hallpass = await stage.startHallpass();

afterEach(() => expectSettled(stage));

/** How many such lines are in the log. */
const logged = (pattern: RegExp) => stage.log.filter((line) => pattern.test(line)).length;
const READ = /the configuration was read again/;
const REFUSED = /the new configuration was refused/;

/** Writes the file, signals, and waits until Hallpass has said what it made of it. */
async function reload(yaml: string, outcome: RegExp = READ): Promise<void> {
  await writeFile(path, yaml);
  const before = logged(outcome);
  if (hallpass.pid === undefined) throw new Error('it did not start');
  process.kill(hallpass.pid, 'SIGHUP');
  await waitFor(() => logged(outcome) > before, { what: `the log to say ${outcome}` });
  expect(isAlive(hallpass.pid)).toBe(true);
}

const events = () =>
  runSql<{ data: { hash: string; before: string; changes: string[] } }>(
    stage.ledgerUrl,
    "select data from events where kind = 'configuration_read' order by id",
  );

test('roles, approvers and durations are taken in without a restart, told and audited', async () => {
  await createGrantable(server, 'extra_read');
  await reload(
    first
      .replace('    roles:\n', '    roles:\n      extra_read: { policy: read }\n')
      .replace('policies:\n  read: {}', 'policies:\n  read: { durations: [10m], default_duration: 10m }')
      .replace('orders_write: { policy: urgent', `orders_write: { policy: urgent, approvers: ${CAST.ben}`),
  );
  const said = all(await operatorsHear(stage, /read its configuration again/));
  expect(said).toContain('1 role added on Shop');
  expect(said).toContain('3 roles changed on Shop (approvers, durations)');
  const [event] = await events();
  expect(event?.data.changes).toContain('1 role added on Shop');
  expect(event?.data.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(event?.data.hash).not.toBe(event?.data.before);

  // What is new is offered and granted, and the new approver decides.
  const id = await approved(stage, 'ana', { role: 'extra_read', duration: '10 minutes' });
  await click(slack, 'ana', await told(slack, 'ana', id, /psql/), 'Relinquish');
  const other = await request(slack, 'ana', { role: 'orders_write', duration: '1 hour' });
  await waitFor(
    () =>
      slack
        .as(CAST.ana)
        .messages('dm')
        .some((message) => all(message).includes(other) && all(message).includes(CAST.ben)),
    { what: 'Ben to be asked' },
  );
  await click(slack, 'ana', await told(slack, 'ana', other, /Waiting/), 'Cancel request');
  const [decided] = await runSql<{ hash: string }>(
    stage.ledgerUrl,
    "select data->>'configHash' as hash from events where kind = 'submitted' order by id desc limit 1",
  );
  expect(decided?.hash).toBe(event?.data.hash);
});

test('a file that is wrong is refused: told with its line, and the one of before stays', async () => {
  const before = (await events()).length;
  await reload(first.replace('max: 4h', 'max: 4x'), REFUSED);
  const said = all(await operatorsHear(stage, /rejected its new configuration/));
  expect(said).toMatch(/hallpass\.yaml:\d+:\d+ defaults\.max: "4x" is not a duration/);
  expect(said).toContain('The previous one stays in force');
  expect(await events()).toHaveLength(before);
  const { id, note } = await obtain(stage, 'ben', { role: 'orders_read', otherDuration: '3m' });
  await click(slack, 'ben', note, 'Relinquish');
  await untilInLedger(stage, id, 'ended');
});

test('a target is added, reached otherwise, and removed once nothing is open there', async () => {
  await reload(withVault);
  expect(all(await operatorsHear(stage, /target vault added/))).toContain('target vault added, with 1 role');
  const wish = { target: 'vault', role: 'vault_read' } as const;
  const held = await obtain(stage, 'ana', { ...wish, otherDuration: '30s' });
  await waitFor(async () => (await metric(stage.env, 'hallpass_target_up{target="vault"}')) === 1, {
    what: 'the vault to be seen up',
  });

  // By another name of the same machine: what is out goes on there, to its end.
  await reload(withVault.replaceAll('host: 127.0.0.1', 'host: localhost'));
  await operatorsHear(stage, /connection changed on Vault/);
  await reload(first, REFUSED);
  expect(all(await operatorsHear(stage, /no longer has vault/))).toContain('grant: false');
  await expectReads(stage, 'ana', 'vault_read');
  await untilRefused(stage, 'ana', 'vault_read', (await inLedger(stage, held.id)).expires_at);
  await untilInLedger(stage, held.id, 'ended');

  await reload(first);
  await operatorsHear(stage, /target vault removed/);
  expect(await submitRequest(slack, 'ana', { role: 'orders_read', otherDuration: '2m' })).toBeNull();
  const ana = slack.as(CAST.ana);
  await ana.command('/request', 'vault vault_read 1h');
  await slack.waitFor(() => ana.openedView());
  expect(JSON.stringify(ana.openedView())).not.toContain('role:vault');
  await ana.closeView();
  const left = await runSql<{ id: number }>(
    stage.ledgerUrl,
    "select id from requests where state = 'pending'",
  );
  for (const { id } of left)
    await click(slack, 'ana', await told(slack, 'ana', `R-${id}`, /Waiting/), 'Cancel request');
});

test('nothing that is under way is lost', async () => {
  const ids: string[] = [];
  for (const name of ['ana', 'ben'] as const) {
    for (const [i, role] of (['orders_read', 'orders_write'] as const).entries()) {
      const asked = approved(stage, name, { role, otherDuration: '6s' });
      await reload(i === 0 ? first.replace('host: 127.0.0.1', 'host: localhost') : first);
      ids.push(await asked);
    }
  }
  for (const id of ids) await untilInLedger(stage, id, 'ended');
  for (const id of ids) expect(await inLedger(stage, id)).toMatchObject({ why: 'expired', trouble: null });
});

test('what holds only after a restart is said', async () => {
  await hallpass.stop();
  const file = `${path}.token`;
  await writeFile(file, slack.botToken);
  hallpass = await stage.startHallpass({ SLACK_BOT_TOKEN: '', SLACK_BOT_TOKEN_FILE: file });
  await reload(first);
  expect(logged(/the configuration was read again/)).toBeGreaterThan(0);
  await writeFile(file, 'xoxb-another-token');
  await reload(first.replace('command: /request', 'command: /pg'));
  const said = all(await operatorsHear(stage, /only after a restart/));
  expect(said).toContain('SLACK_BOT_TOKEN has another value');
  expect(said).toContain('slack.command: /pg');
  expect(said).not.toContain('xoxb');
  // The command is still the one that Slack was connected with.
  expect(await slack.as(CAST.eve).command('/request', 'help')).toMatchObject({ outcome: 'ok' });
  await writeFile(path, first);
});
