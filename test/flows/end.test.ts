/** The incident switch from outside: beside a Hallpass that runs, without one, beside one that dies, with a target that is down. */
import { type ChildProcess, spawn } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all, card, click, clickAndHear, request, told } from '../../sandbox/stage/people.js';
import { expectReads, granted, isRefused } from '../support/access.js';
import { spawnChild } from '../support/child.js';
import { runHallpass } from '../support/commands.js';
import { holdTable, waitsForLock } from '../support/disturb.js';
import { buttons, operatorsHear } from '../support/messages.js';
import { describeWith, programPath } from '../support/program.js';
import {
  approved,
  expectSettled,
  inLedger,
  LONG,
  obtain,
  untilAllSent,
  untilInLedger,
} from '../support/requests.js';
import { CLI, openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage({ vault: true });
const { slack, server } = stage;
const OPERATOR = `${userInfo().username}@${hostname()}`;
/** Commands and heartbeats take their time. */
let hallpass = await stage.startHallpass();

const end = (...args: readonly string[]) => runHallpass(stage, ['end', ...args, '--yes']);

function operatorsHeard(pattern: RegExp): number {
  const messages = slack.as(CAST.olga).messages(CHANNELS.operators);
  return messages.filter((message) => pattern.test(all(message))).length;
}

test('all of a person’s is ended beside a running Hallpass; each is told by whom and why', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  const session = new pg.Client(stage.samples.people.ana.url);
  let isCut = false;
  session.on('error', () => {
    isCut = true;
  });
  await session.connect();
  await session.query('begin; select id from orders.orders');
  const waiting = await request(slack, 'ana', { role: 'payments_read', ...LONG });
  const asked = await card(slack, waiting, /Waiting for approval/);
  const other = await obtain(stage, 'ben', { role: 'orders_read', ...LONG });

  const why = '<!channel> account *stolen*';
  const done = await end('--person', CAST.ana, '--because', why);
  expect(done.said).toMatch(new RegExp(`${id} \\(orders_read to ana on shop\\): revoked, confirmed 20`));
  expect(done.said).toContain(`${waiting} (payments_read to ana on shop): canceled; nothing was granted`);
  expect(done.said).toContain('All is confirmed: 2 of 2.');
  expect(done.code).toBe(0);
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  await waitFor(() => isCut, { what: 'her session to end' });
  await expectReads(stage, 'ben', 'orders_read');

  const note = await told(slack, 'ana', id, /^Ended by an operator/);
  expect(all(note)).toContain(OPERATOR);
  expect(all(note)).toContain('The operator’s reason: <!channel> account *stolen*');
  expect(note.text).not.toContain('<!channel>');
  const canceled = await told(slack, 'ana', waiting, /^Canceled by an operator/);
  expect(all(canceled)).toContain('Talk to a Hallpass operator before you ask again.');
  expect(all(await card(slack, id, /Ended by an operator/))).toContain('account *stolen*');
  expect(buttons(await card(slack, waiting, /Canceled by an operator/))).toEqual([]);
  expect(await clickAndHear(slack, 'cora', asked, 'Approve')).toContain('Canceled by an operator');
  const heard = /An operator ends 1 grant and cancels 1 request[\s\S]*account \*stolen\*/;
  expect(all(await operatorsHear(stage, heard))).toContain(`Operator: ${OPERATOR}`);
  for (const name of ['ana', 'cora', 'olga'] as const) {
    const loud = slack.as(CAST[name]).notifications();
    expect(loud.filter((one) => one.why === 'everybody')).toEqual([]);
  }

  const events = await runSql<{ kind: string; actor: string | null; by: string }>(
    stage.ledgerUrl,
    `select kind, actor, data->>'by' as by from events where data->>'because' = $1 order by kind desc`,
    [why],
  );
  expect(events).toEqual([
    { kind: 'withdrawn', actor: null, by: OPERATOR },
    { kind: 'end_asked', actor: null, by: OPERATOR },
  ]);
  expect(await stage.run('audit', 'verify')).toContain('Every request is what its events make of it.');

  // Again it changes nothing, and tells nobody.
  expect(await end('--person', 'ana', '--because', why)).toMatchObject({
    code: 0,
    said: 'Nothing is open there.',
  });
  expect((await end(id, waiting, '--because', why)).said).toContain('All is confirmed: 2 of 2.');
  await untilAllSent(stage);
  expect(operatorsHeard(heard)).toBe(1);

  await click(slack, 'ben', other.note, 'Relinquish');
  await expectSettled(stage);
});

test('it asks before it does anything, and takes no typo for "nothing is open"', async () => {
  const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  const unsure = await runHallpass(stage, ['end', '--all', '--because', 'drill']);
  expect(unsure.said).toContain(`${id} (orders_read to ana on shop): is ended`);
  expect(unsure.said).toContain('add --yes');
  expect(unsure.code).toBe(1);
  for (const [args, says] of [
    [['--person', 'anna'], 'the ledger has no request of anna'],
    [['--target', 'shopp'], 'there is no target shopp'],
    [['R-x'], 'R-x is no request'],
    [[], 'say what to end, in one way'],
    [['--all', '--target', 'shop'], 'say what to end, in one way'],
    [['--all', '--wait', 'soon'], '--wait soon is no duration'],
  ] as const) {
    const { code, said } = await end(...args, '--because', 'drill');
    expect(said).toContain(says);
    expect(code).toBe(1);
  }
  expect((await runHallpass(stage, ['end', '--all', '--yes'])).said).toContain('--because');
  expect((await end('--all', '--because', ' ')).said).toContain('the reason is empty');
  expect((await inLedger(stage, id)).state).toBe('active');

  const mixed = await end('R-999', id, '--because', 'drill');
  expect(mixed.said).toContain('R-999: the ledger has no such request');
  expect(mixed.said).toContain(`${id} (orders_read to ana on shop): revoked`);
  expect(mixed.code).toBe(1);
  expect(await clickAndHear(slack, 'ana', note, 'Relinquish')).toContain('Ended by an operator');
  await expectSettled(stage);
});

describeWith('script')('on a terminal', () => {
  test('it asks twice', async () => {
    const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
    const once = await onTerminal(['end', id, '--because', 'drill'], ['y', 'n']);
    expect(once.said).toMatch(/End 1 grant and cancel 0 requests\? \[y\/N\][\s\S]*Go on\? \[y\/N\]/);
    expect(once.said).toContain('nothing was changed');
    expect(once.code).toBe(1);
    expect((await inLedger(stage, id)).state).toBe('active');
    const twice = await onTerminal(['end', id, '--because', 'drill'], ['y', 'y']);
    expect(twice.said).toContain('All is confirmed: 1 of 1.');
    expect(twice.code).toBe(0);
    await expectSettled(stage);
  });
});

/** Types each answer when the next question stands. */
async function onTerminal(
  args: readonly string[],
  answers: readonly string[],
): Promise<{ readonly code: number | null; readonly said: string }> {
  const quoted = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ');
  const child: ChildProcess = spawn(programPath('script'), ['-qefc', quoted, '/dev/null'], {
    env: { PATH: process.env.PATH, ...stage.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  for (const [i, answer] of answers.entries()) {
    await waitFor(() => said.split('[y/N]').length > i + 1, { what: `question ${i + 1}` });
    child.stdin?.write(`${answer}\r`);
  }
  const code = await ended;
  return { code, said };
}

test('no Hallpass runs: the command does it, and people are told when one starts', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_write', ...LONG });
  const vault = await approved(stage, 'ana', { target: 'vault', role: 'vault_read', ...LONG });
  await told(slack, 'ana', vault, /psql/);
  await untilAllSent(stage);
  expect(await hallpass.stop()).toBe(0);
  const shop = await end('--target', 'shop', '--because', 'drill');
  expect(shop.said).toContain('All is confirmed: 1 of 1.');
  expect(await isRefused(stage, 'ana', 'orders_write')).toBe(true);
  expect(await isRefused(stage, 'ana', 'vault_read')).toBe(false);
  expect((await end('--all', '--because', 'drill')).said).toContain(
    `${vault} (vault_read to ana on vault): revoked, confirmed`,
  );
  expect(await isRefused(stage, 'ana', 'vault_read')).toBe(true);
  hallpass = await stage.startHallpass();
  await told(slack, 'ana', id, /^Ended by an operator/);
  await told(slack, 'ana', vault, /^Ended by an operator/);
  await expectSettled(stage);
});

test('Hallpass is killed in the middle of it: the command goes on', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  await untilAllSent(stage);
  const lock = await holdTable(server.url, 'pg_auth_members');
  const ending = end(id, '--because', 'drill');
  await untilInLedger(stage, id, 'ending');
  await waitFor(() => waitsForLock(stage), { what: 'a REVOKE to wait' });
  await hallpass.kill();
  await lock.release();
  expect(await ending).toMatchObject({ code: 0 });
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  hallpass = await stage.startHallpass();
  await expectSettled(stage);
});

test('the command is interrupted: it says what stands, and Hallpass goes on', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  const lock = await holdTable(server.url, 'pg_auth_members');
  const child = spawnChild(process.execPath, [CLI, 'end', id, '--because', 'drill', '--yes'], stage.env);
  await untilInLedger(stage, id, 'ending');
  await waitFor(() => waitsForLock(stage), { what: 'a REVOKE to wait' });
  expect(await child.end('SIGINT')).toEqual({ code: 130, signal: null });
  expect(child.lines.join('\n')).toContain('Interrupted. The intent stands');
  await lock.release();
  await told(slack, 'ana', id, /^Ended by an operator/);
  await expectSettled(stage);
});

test('a target that is down is not called done: exit code 1, and its reason', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  const vault = await approved(stage, 'ana', { target: 'vault', role: 'vault_read', ...LONG });
  await told(slack, 'ana', vault, /psql/);
  await server.kill();
  onTestFinished(() => server.start().catch(() => undefined));
  const down = await end('--all', '--because', 'drill', '--wait', '3s');
  expect(down.said).toMatch(new RegExp(`${vault} \\(vault_read to ana on vault\\): revoked, confirmed`));
  expect(down.said).toMatch(
    new RegExp(`${id} \\(orders_read to ana on shop\\): not confirmed yet: .*nothing listens`),
  );
  expect(down.said).toContain('Confirmed: 1 of 2, and nothing more for 3 seconds. The intent stands');
  expect(down.code).toBe(1);
  await server.start();
  expect((await end(id, '--because', 'drill')).said).toContain('All is confirmed: 1 of 1.');
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  await expectSettled(stage);
});

test('an approval whose GRANT is on its way is ended, too', async () => {
  await server.stop();
  onTestFinished(() => server.start().catch(() => undefined));
  const id = await approved(stage, 'ana', { role: 'orders_read', ...LONG });
  await card(slack, id, /not granted yet/);
  const done = await end(id, '--because', 'drill');
  expect(done.said).toMatch(new RegExp(`${id} .*: ended before it was granted, confirmed`));
  expect(done.code).toBe(0);
  await server.start();
  await told(slack, 'ana', id, /^Ended by an operator/);
  expect(await granted(stage)).toEqual([]);
  await expectSettled(stage);
});

test('thousands are ended in batches', async () => {
  expect(await hallpass.stop()).toBe(0);
  const [{ n } = { n: 0 }] = await runSql<{ n: number }>(
    stage.ledgerUrl,
    `with made as (
       insert into requests (target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
           pending_until, state, why, ended_by)
         select 'shop', 'role_' || i, 'ana', 'U0MANY', '', 60000, 60000, '[]', 'many:' || i, now() + interval '1 hour',
             case when i % 2 = 0 then 'pending' else 'granting' end, null, null
           from generate_series(1, 3000) i returning id)
     select count(*)::int as n from made`,
  );
  expect(n).toBe(3_000);
  const done = await end('--person', 'U0MANY', '--because', 'drill');
  expect(done.said).toContain('and 2980 more');
  expect(done.said).toContain('All is confirmed: 3000 of 3000.');
  expect(done.code).toBe(0);
  const left = await runSql(stage.ledgerUrl, 'select from requests where ended_at is null');
  expect(left).toEqual([]);
});
