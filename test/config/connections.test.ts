/** How targets, their replicas and their bastions are reached, as it follows from the file. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainRole } from '../../src/config/explain.js';
import { loadConfig } from '../../src/config/load.js';
import { BASE, FINGERPRINT, folderWith, load, target } from './files.js';

const shop = (files: string, variables = {}) => load(files, variables).targets.get('shop');
const connect = (keys: string, variables = {}) => shop(target(keys), variables)?.connect;

const NOTHING_MORE = { passwordFile: null, ca: null, cert: null, key: null, iam: null, ssh: null };

/** A bastion `gate` on the first line; what stands on line 6 without it stands on line 7. */
const gated = (keys: string) =>
  `bastions: { gate: { host: gate.example, user: hallpass, host_key: "${FINGERPRINT}", agent: true } }\n${target(keys)}`;
const AGENT = { SSH_AUTH_SOCK: '/run/agent' };

describe('one server, in each way to write it', () => {
  const reached = {
    host: 'db',
    port: 6432,
    database: 'shop',
    user: 'hallpass',
    password: 'p@/ss%',
    tls: 'require',
    ...NOTHING_MORE,
  };
  test.each([
    [`connect: { host: db, port: 6432, database: shop, user: hallpass, password: "\${PW}", tls: require }`],
    [`url: postgres://hallpass:\${PW}@db:6432/shop?sslmode=require`],
    [`url: postgresql://\${USER}:\${PW}@\${HOST}:\${PORT}/shop?sslmode=\${SSL}`],
    [`url: "\${URL}"`],
    [`url: postgres://hallpass@db:6432/shop\n    connect: { password: "\${PW}", tls: require }`],
    [`url: postgres://hallpass@db/shop?sslmode=require\n    connect: { password: "\${PW}", port: 6432 }`],
  ])('%s', (keys) => {
    const variables = {
      PW: 'p@/ss%',
      USER: 'hallpass',
      HOST: 'db',
      PORT: '6432',
      SSL: 'require',
      URL: 'postgres://hallpass:p%40%2Fss%25@db:6432/shop?sslmode=require',
    };
    expect(connect(keys, variables)).toEqual(reached);
  });
});

test('certificates, by the names of libpq as by ours; a path is relative to the file that names it', () => {
  const folder = folderWith({
    'hallpass.yaml': `${BASE}include: conf.d/*.yaml\n`,
    'conf.d/shop.yaml': `targets:
  ours: { connect: { host: db, database: shop, user: hallpass, password_file: pw, ca: ca.pem, cert: /c.pem, key: ../k.pem } }
  libpq: { url: "postgres://hallpass@db/shop?sslmode=verify-ca&sslrootcert=ca.pem&sslcert=/c.pem&sslkey=..%2Fk.pem" }
  public: { url: "postgres://hallpass@db/shop?sslmode=verify-full&sslrootcert=system" }
`,
  });
  const { targets } = loadConfig(join(folder, 'hallpass.yaml'), {});
  const files = { ca: join(folder, 'conf.d/ca.pem'), cert: '/c.pem', key: join(folder, 'k.pem') };
  expect(targets.get('ours')?.connect).toMatchObject({
    ...files,
    tls: 'verify-full',
    passwordFile: join(folder, 'conf.d/pw'),
  });
  expect(targets.get('libpq')?.connect).toMatchObject({ ...files, tls: 'verify-ca', passwordFile: null });
  expect(targets.get('public')?.connect).toMatchObject({ ca: null, tls: 'verify-full' });
});

test('TLS is left out by default only where no packet leaves the machine, and nothing asks for it', () => {
  const tls = (keys: string) =>
    shop(gated(`connect: { database: shop, user: hallpass, ${keys} }`), AGENT)?.connect.tls;
  expect(tls('host: db')).toBe('verify-full');
  expect(tls('host: 127.0.0.1')).toBe('off');
  expect(tls('host: /var/run/postgresql')).toBe('off');
  expect(tls('host: localhost, ca: ca.pem')).toBe('verify-full');
  expect(tls('host: localhost, cert: c.pem, key: k.pem')).toBe('verify-full');
  expect(tls('host: localhost, iam: { region: eu-central-1 }')).toBe('verify-full');
  // The bastion's own "localhost".
  expect(tls('host: localhost, ssh: gate')).toBe('verify-full');
  expect(tls('host: localhost, ssh: gate, tls: off, tls_off_because: the server runs on the bastion')).toBe(
    'off',
  );
});

test('a token of AWS instead of a password, also beside a url', () => {
  const role = 'arn:aws:iam::123456789012:role/ops/hallpass';
  const iam = `iam: { region: us-gov-west-1, assume_role: "${role}" }`;
  expect(connect(`url: postgres://hallpass@db/shop\n    connect: { ${iam} }`)).toMatchObject({
    host: 'db',
    password: null,
    iam: { region: 'us-gov-west-1', assumeRole: role },
  });
  expect(
    connect('connect: { host: db, database: shop, user: hallpass, iam: { region: eu-central-1 } }')?.iam,
  ).toEqual({ region: 'eu-central-1', assumeRole: null });
});

test('bastions, with each way to log in', () => {
  const gate = { host: 'gate.example', port: 22, user: 'hallpass', hostKey: FINGERPRINT };
  const host = `host: gate.example, user: hallpass, host_key: "${FINGERPRINT}"`;
  const folder = folderWith(`${BASE}bastions:
  key: { ${host}, key: keys/id, passphrase: "\${PW}" }
  bare: { ${host}, port: 2222, key: /id }
  password: { ${host}, password: "\${PW}" }
  agent: { ${host}, agent: run/agent }
  mine: { ${host}, agent: true }
targets:
${['key', 'bare', 'password', 'agent', 'mine']
  .map((name) => `  ${name}: { url: postgres://hallpass@db/shop, connect: { ssh: ${name} } }\n`)
  .join('')}`);
  const { targets } = loadConfig(join(folder, 'hallpass.yaml'), { PW: 'sesame', ...AGENT });
  const ssh = (name: string) => targets.get(name)?.connect.ssh;
  const key = join(folder, 'keys/id');
  expect(ssh('key')).toEqual({
    ...gate,
    name: 'key',
    login: { how: 'key', file: key, passphrase: 'sesame' },
  });
  expect(ssh('bare')).toEqual({
    ...gate,
    name: 'bare',
    port: 2222,
    login: { how: 'key', file: '/id', passphrase: null },
  });
  expect(ssh('password')?.login).toEqual({ how: 'password', password: 'sesame' });
  expect(ssh('agent')?.login).toEqual({ how: 'agent', socket: join(folder, 'run/agent') });
  expect(ssh('mine')?.login).toEqual({ how: 'agent', socket: '/run/agent' });
});

test('a replica is reached as its target is, but for what it says itself', () => {
  const replicas = shop(
    gated(`url: postgres://hallpass:\${PW}@127.0.0.1:6432/shop
    connect: { ca: /ca.pem, cert: /c.pem, key: /k.pem, ssh: gate }
    replicas:
      - host: db-2
      - { host: db-3, port: 5432, password_file: /pw, tls: verify-ca, ca: /ca-3.pem, cert: /c-3.pem, key: /k-3.pem }
      - { host: db-4, ssh: null, iam: { region: eu-central-1 } }`),
    { PW: 'sesame', ...AGENT },
  )?.replicas;
  const like = {
    port: 6432,
    database: 'shop',
    user: 'hallpass',
    password: 'sesame',
    passwordFile: null,
    tls: 'verify-full',
    ca: '/ca.pem',
    cert: '/c.pem',
    key: '/k.pem',
    iam: null,
    ssh: expect.objectContaining({ name: 'gate' }),
  };
  expect(replicas).toEqual([
    { ...like, host: 'db-2' },
    {
      ...like,
      host: 'db-3',
      port: 5432,
      // One way to log in takes the place of the other.
      password: null,
      passwordFile: '/pw',
      tls: 'verify-ca',
      ca: '/ca-3.pem',
      cert: '/c-3.pem',
      key: '/k-3.pem',
    },
    { ...like, host: 'db-4', password: null, iam: { region: 'eu-central-1', assumeRole: null }, ssh: null },
  ]);
  // One alone needs no list, and a default follows from its own host.
  const away = shop(
    target(`connect: { host: /run, database: shop, user: hallpass }\n    replicas: { host: db-2 }`),
  );
  expect([away?.connect.tls, away?.replicas.map(({ tls }) => tls)]).toEqual(['off', ['verify-full']]);
});

test('the origins of a connection, and of what its replicas have for themselves', () => {
  const config = load(
    gated(`url: postgres://hallpass@db/shop?sslmode=verify-ca
    connect:
      iam: { region: eu-central-1, assume_role: "arn:aws:iam::123456789012:role/hallpass" }
      cert: /c.pem
      key: /k.pem
      ssh: gate
    replicas:
      - host: db-2
      - host: db-3
        password: "\${PW}"
        ssh: null
    roles: { r: }`),
    { PW: 'sesame', ...AGENT },
  );
  const lines = explainRole(config, 'shop/r')
    .replaceAll(/\S*hallpass\.yaml:/g, 'line ')
    .split('\n')
    .map((line) => line.split(/ {2,}/))
    .filter(([key]) => /^(?:connect|replicas)/.test(key ?? ''));
  expect(lines).toEqual([
    ['connect.host', 'db', 'line 7'],
    ['connect.port', '5432', 'default'],
    ['connect.database', 'shop', 'line 7'],
    ['connect.user', 'hallpass', 'line 7'],
    ['connect.iam', 'a token of eu-central-1 as arn:aws:iam::123456789012:role/hallpass', 'line 9'],
    ['connect.tls', 'verify-ca', 'line 7'],
    ['connect.ca', 'none', 'default'],
    ['connect.cert', '/c.pem', 'line 10'],
    ['connect.key', '/k.pem', 'line 11'],
    ['connect.ssh', 'gate (hallpass@gate.example:22)', 'line 12'],
    ['replicas[0].host', 'db-2', 'line 14'],
    ['replicas[1].host', 'db-3', 'line 15'],
    ['replicas[1].password', 'set', 'line 16'],
    ['replicas[1].ssh', 'none', 'line 17'],
  ]);
});

test('no secret, and no socket of an agent, is in the hash; what they belong to is', () => {
  const gate = (login: string) => `bastions:
  gate: { host: gate.example, user: hallpass, host_key: "${FINGERPRINT}", ${login} }
${target(`url: postgres://hallpass@db/shop\n    connect: { ssh: gate }\n    replicas: { host: db-2, password: "\${PW}" }`)}`;
  const hash = (login: string, PW: string, socket = '/run/agent') =>
    load(gate(login), { PW, SSH_AUTH_SOCK: socket }).hash;
  const ways = [`key: /id, passphrase: "\${PW}"`, `password: "\${PW}"`, 'agent: true', 'key: /other'];
  for (const login of ways) expect(hash(login, 'one')).toBe(hash(login, 'two', '/run/agent.2'));
  expect(new Set(ways.map((login) => hash(login, 'one'))).size).toBe(ways.length);
});
