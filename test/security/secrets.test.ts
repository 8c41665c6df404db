/**
 * Nothing secret is ever written. Secrets that can be known again are planted wherever Hallpass reads one, and what
 * people write, too; every part is made to fail, also by servers that repeat what they were told; and then all that
 * came out is searched: the log at its finest level, terminals, what Slack was sent, and what the operators' port says.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { card, clickAndHear, request, submitRequest, told } from '../../sandbox/stage/people.js';
import { listen, refuseLogin } from '../postgres/connecting/scripted.js';
import { spawnChild } from '../support/child.js';
import { approved } from '../support/requests.js';
import { CLI, openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

/** With all that has to be escaped in a url, in JSON, in SQL and in a pattern. */
const planted = (name: string) => `planted ${name}/"ü%41\\$&+'`;
const PLANTED = {
  ledger: planted('ledger'),
  owner: planted('owner'),
  shop: planted('shop'),
  file: planted('file'),
  redis: planted('redis'),
  pagerduty: 'planted-pagerduty-0123',
  routing: 'planted-routing-4567',
  passphrase: planted('passphrase'),
  broken: 'planted-broken-url-89',
  clear: 'planted-in-clear-ab',
  slack: 'planted-slack-cd',
} as const;
/** As the file refers to a variable. */
const ref = (name: string) => `"\${${name}}"`;
/** What people write reaches Slack, of course; but no log and no terminal. */
const REASON = 'planted-reason-ef';

const terminal: string[] = [];
const ops: string[] = [];
const folder = await mkdtemp(join(tmpdir(), 'hallpass-secrets-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const stage = await openStage({
  ledgerApart: false,
  configure: (yaml) =>
    yaml
      .replace(
        'defaults:',
        `bastions:\n  gate: { host: 127.0.0.1, port: 1, user: x, host_key: "SHA256:${'a'.repeat(43)}", key: nothing, passphrase: "\${GATE_PASSPHRASE}" }\ndefaults:`,
      )
      .trimEnd()
      .concat(`
  repeats:
    name: Repeats
    connect: { host: 127.0.0.1, port: "\${REPEATS_PORT}", database: x, user: hallpass, password_file: password }
    roles: { some_read: read }
  beyond:
    name: Beyond
    connect: { host: 127.0.0.1, port: 5432, database: x, user: hallpass, password: "\${SHOP_PASSWORD}", ssh: gate }
    roles: { far_read: read }
`),
});
const { log } = stage;
beforeAll(() => writeFile(join(stage.env.HALLPASS_CONFIG ?? '', '../password'), `${PLANTED.file}\n`));

/** Runs a command to its end, however it ends. */
async function run(args: readonly string[], changes: Readonly<Record<string, string>>): Promise<string> {
  const child = spawnChild(process.execPath, [CLI, ...args], {
    ...stage.env,
    LOG_LEVEL: 'trace',
    ...changes,
  });
  // What does not end by itself, because it is patient, is told to.
  const patience = setTimeout(() => void child.end('SIGTERM'), 15_000);
  await child.ended;
  clearTimeout(patience);
  terminal.push(...child.lines);
  return child.lines.join('\n');
}

async function secretFile(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${content}\n`);
  return path;
}

function withPassword(url: string | undefined, password: string): string {
  const changed = new URL(url ?? '');
  changed.password = encodeURIComponent(password);
  return changed.href;
}

/** The ledger as its owner. */
function ledgerUrl(): string {
  return withPassword(stage.ledgerUrl, PLANTED.owner);
}

async function plantedEnvironment(): Promise<Record<string, string>> {
  const literal = (text: string) => `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  for (const [login, password] of [
    ['hallpass_app', PLANTED.ledger],
    ['hallpass_owner', PLANTED.owner],
    ['hallpass', PLANTED.shop],
  ] as const) {
    await stage.server.query(`alter role ${login} password E${literal(password)}`);
  }
  const redis = await listen((socket) =>
    socket.on('data', (told) => socket.write(`-ERR you said ${JSON.stringify(told.toString())}\r\n`)),
  );
  return {
    ...{ SLACK_BOT_TOKEN: '', SLACK_BOT_TOKEN_FILE: await secretFile('bot', stage.slack.botToken) },
    ...{ SLACK_APP_TOKEN: '', SLACK_APP_TOKEN_FILE: await secretFile('app', stage.slack.appToken) },
    DATABASE_URL: withPassword(stage.env.DATABASE_URL, PLANTED.ledger),
    DATABASE_OWNER_URL: withPassword(stage.env.DATABASE_OWNER_URL, PLANTED.owner),
    REDIS_URL: `redis://:${encodeURIComponent(PLANTED.redis)}@127.0.0.1:${redis}`,
    SHOP_PASSWORD: PLANTED.shop,
    // PagerDuty answers 401 to it.
    ...{ PAGERDUTY_TOKEN: '', PAGERDUTY_TOKEN_FILE: await secretFile('pagerduty', PLANTED.pagerduty) },
    PAGERDUTY_EVENTS_ROUTING_KEY: PLANTED.routing,
    GATE_PASSPHRASE: PLANTED.passphrase,
    REPEATS_PORT: String(await refuseLogin('28P01', 'the password "PASSWORD" is not yours')),
  };
}

/** Everything that can go wrong beside a running Hallpass. */
async function liveThroughTrouble(env: Record<string, string>): Promise<void> {
  const { slack } = stage;
  const hallpass = await stage.startHallpass({ ...env, LOG_LEVEL: 'trace' });
  const said = (words: string) => waitFor(() => log.some((line) => line.includes(words)), { what: words });

  // Slack refuses, with words of its own; PagerDuty refuses; a target repeats the password.
  slack.faults.order('chat.postMessage', { kind: 'error', error: `invalid_auth ${slack.botToken}` });
  slack.faults.order('chat.postMessage', { kind: 'error', error: 'invalid_auth' });
  const id = await request(slack, 'dan', { role: 'orders_write', reason: `${REASON} \0 "quoted"` });
  await card(slack, id, /Not approved by on call/);
  expect(
    await submitRequest(slack, 'ana', { target: 'repeats', role: 'some_read', reason: REASON }),
  ).toBeNull();
  const waits = await slack.waitFor(
    () =>
      slack
        .as(CAST.ana)
        .messages('dm')
        .map(({ text }) => text)
        .join()
        .match(/R-\d+/)?.[0],
  );
  await clickAndHear(slack, 'eve', await card(slack, waits, /Waiting/), 'Approve');
  await slack.as(CAST.cora).click(await card(slack, waits, /Waiting/), 'Approve');
  await card(slack, waits, /not granted yet|Not granted|Failed/);
  await said('[redacted]');

  // The ledger quotes in its error the row that it refuses.
  await runSql(
    ledgerUrl(),
    `alter table requests add constraint refuses check (reason !~ '${REASON}') not valid`,
  );
  expect(await submitRequest(slack, 'ana', { role: 'orders_read', reason: REASON })).toMatchObject({
    target: expect.stringContaining('Something went wrong'),
  });
  await runSql(ledgerUrl(), 'alter table requests drop constraint refuses');
  // An account that may not write any more, and a role that is gone.
  await runSql(ledgerUrl(), 'revoke insert on events from hallpass_app');
  await submitRequest(slack, 'ana', { role: 'orders_read', reason: REASON });
  await runSql(ledgerUrl(), 'grant insert on events to hallpass_app');
  const granted = await approved(stage, 'ana', { role: 'orders_read', reason: REASON });
  await told(slack, 'ana', granted, /psql/);
  for (const path of ['healthz', 'readyz', 'metrics', `?token=${PLANTED.slack}`]) {
    ops.push(await (await fetch(`http://127.0.0.1:${stage.env.OPS_PORT}/${path}`)).text());
  }
  await hallpass.stop();
}

/** Commands, each with something wrong. */
async function typeWrongThings(env: Record<string, string>): Promise<void> {
  const { HALLPASS_CONFIG: path = '' } = stage.env;
  const yaml = await readFile(path, 'utf8');
  const written = async (change: (yaml: string) => string) => {
    const file = `${path}.${await freePort()}.yaml`;
    await writeFile(file, change(yaml));
    return { ...env, HALLPASS_CONFIG: file };
  };
  const shop = /connect:\n[\s\S]*?password: .*\n/;
  const files = await Promise.all([
    written((all) => all.replace(`password: ${ref('SHOP_PASSWORD')}`, `password: ${PLANTED.clear}`)),
    written((all) => all.replace(shop, `url: postgres://hallpass:${PLANTED.clear}@db:5432/shop\n`)),
    written((all) => all.replace(shop, `url: ${ref('BROKEN')}\n`)),
    written((all) => all.replace(`password: ${ref('SHOP_PASSWORD')}`, `password: ${ref('NOT_SET')}`)),
    written((all) => all.replace(`passphrase: ${ref('GATE_PASSPHRASE')}`, `passphrase: ${PLANTED.clear}`)),
  ]);
  for (const file of files) {
    const said = await run(['config', 'shop/orders_read'], {
      ...file,
      BROKEN: `postgres//x:${PLANTED.broken}`,
    });
    expect(said).toMatch(/yaml:\d+/);
  }
  const commands = [
    ['check'],
    ['check', 'shop'],
    ['check', 'repeats'],
    ['setup-sql', 'shop'],
    ['manifest'],
    ['recover'],
    ['reap'],
    ['config', 'repeats/some_read'],
  ];
  for (const command of commands) await run(command, env);
  const wrong: Record<string, string>[] = [
    { DATABASE_URL: withPassword(env.DATABASE_URL, planted('wrong')) },
    { DATABASE_OWNER_URL: withPassword(env.DATABASE_OWNER_URL, planted('wrong')) },
    { DATABASE_URL: `postgres://x:${PLANTED.broken}@127.0.0.1:1/x`, DATABASE_OWNER_URL: '' },
    { DATABASE_URL: `postgres//x:${PLANTED.broken}@h/x` },
    { REDIS_URL: `http://:${PLANTED.broken}@h` },
    { SLACK_BOT_TOKEN_FILE: await secretFile('wrong', PLANTED.slack) },
    { SLACK_BOT_TOKEN: `xoxb-${PLANTED.slack}`, SLACK_BOT_TOKEN_FILE: '' },
    { SLACK_APP_TOKEN: `xapp-${PLANTED.slack}`, SLACK_APP_TOKEN_FILE: '' },
    { PAGERDUTY_API_URL: `ftp://x:${PLANTED.broken}@h` },
    { OPS_PORT: PLANTED.broken, LOG_LEVEL: PLANTED.broken },
  ];
  await Promise.all(
    [0, 1].map(async (half) => {
      for (const [i, changes] of wrong.entries()) {
        if (i % 2 === half)
          expect(await run(['serve'], { ...env, OPS_PORT: String(await freePort()), ...changes })).not.toBe(
            '',
          );
      }
    }),
  );
  for (const changes of wrong.slice(0, 4)) await run(['migrate'], { ...env, ...changes });
}

/** As it may stand in a text, in JSON, in JSON within JSON, in a url, in a header. */
function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
  ];
}

it('no secret comes out, whatever goes wrong, and no reason but to Slack', async () => {
  const env = await plantedEnvironment();
  await liveThroughTrouble(env);
  await typeWrongThings(env);

  const { slack } = stage;
  const shown = [
    ...Object.values(CAST).flatMap((id) =>
      ['dm', 'db-access'].flatMap((where) => slack.as(id).messages(where)),
    ),
    ...slack.log.map(({ args }) => args),
    ...slack.deliveries.map(({ ack }) => ack),
  ].map((each) => JSON.stringify(each));
  const out: Record<string, readonly string[]> = { log, terminal, ops, shown };
  for (const [where, lines] of Object.entries(out)) expect(lines.length, where).toBeGreaterThan(3);

  const secrets = [
    ...Object.values(PLANTED),
    planted('wrong'),
    slack.botToken,
    slack.appToken,
    slack.signingSecret,
  ];
  for (const [where, lines] of Object.entries(out)) {
    const text = lines.join('\n');
    for (const secret of secrets) {
      for (const form of formsOf(secret)) {
        const at = text.indexOf(form);
        expect(at < 0 ? '' : text.slice(Math.max(0, at - 200), at + 100), `${secret} in ${where}`).toBe('');
      }
    }
  }
  for (const lines of [log, terminal, ops]) expect(lines.filter((line) => line.includes(REASON))).toEqual([]);
  // What is blanked out leaves a line of the log whole.
  expect(log.filter((line) => line.includes('[redacted]')).map((line) => typeof JSON.parse(line))).toContain(
    'object',
  );
  // The search would find what was there.
  expect(shown.some((line) => line.includes(REASON))).toBe(true);
});
