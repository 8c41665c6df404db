import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  configPath,
  EnvError,
  readDatabases,
  readEnv,
  readLogLevel,
} from '../../src/config/environment/env.js';
import type { Variables } from '../../src/config/yaml/text.js';
import { folderWith } from './files.js';

const LEAST = {
  SLACK_BOT_TOKEN: 'xoxb-sesame',
  SLACK_APP_TOKEN: 'xapp-sesame',
  DATABASE_URL: 'postgres://hallpass@db/ledger',
};

function problems(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
}

test('the least that serves, with every default; empty counts as unset', () => {
  const empty = { REDIS_URL: '', SLACK_SIGNING_SECRET: '', PORT: '', LOG_LEVEL: '', HALLPASS_CONFIG: '' };
  expect(readEnv({ ...LEAST, ...empty })).toEqual({
    configPath: 'hallpass.yaml',
    logLevel: 'info',
    databaseUrl: 'postgres://hallpass@db/ledger',
    databaseOwnerUrl: 'postgres://hallpass@db/ledger',
    redis: null,
    slack: { botToken: 'xoxb-sesame', apiUrl: null },
    transport: { kind: 'socket', appToken: 'xapp-sesame' },
    pagerduty: null,
    pagerdutyEvents: null,
    opsPort: 9090,
  });
});

test('everything said, over HTTP', () => {
  const env = readEnv({
    SLACK_BOT_TOKEN: 'xoxb-sesame',
    SLACK_SIGNING_SECRET: 'secret',
    SLACK_API_URL: 'http://127.0.0.1:1/api/',
    PORT: '0',
    DATABASE_URL: 'postgres://hallpass@db/ledger',
    DATABASE_OWNER_URL: 'postgresql://owner@db/ledger',
    REDIS_URL: 'rediss://redis:6379/1',
    PAGERDUTY_TOKEN: 'token',
    PAGERDUTY_API_URL: 'http://127.0.0.1:2',
    PAGERDUTY_EVENTS_ROUTING_KEY: 'key',
    PAGERDUTY_EVENTS_API_URL: 'https://events.eu.pagerduty.com',
    HALLPASS_CONFIG: '/etc/hallpass/hallpass.yaml',
    OPS_PORT: '9091',
    LOG_LEVEL: 'debug',
  });
  expect(env).toEqual({
    configPath: '/etc/hallpass/hallpass.yaml',
    logLevel: 'debug',
    databaseUrl: 'postgres://hallpass@db/ledger',
    databaseOwnerUrl: 'postgresql://owner@db/ledger',
    redis: {
      hosts: [{ host: 'redis', port: 6379 }],
      username: null,
      password: null,
      sentinel: null,
      db: 1,
      tls: {},
    },
    slack: { botToken: 'xoxb-sesame', apiUrl: 'http://127.0.0.1:1/api/' },
    transport: { kind: 'http', signingSecret: 'secret', port: 0 },
    pagerduty: { token: 'token', apiUrl: 'http://127.0.0.1:2' },
    pagerdutyEvents: { routingKey: 'key', apiUrl: 'https://events.eu.pagerduty.com' },
    opsPort: 9091,
  });
});

test('all problems at once, each with what would be right, and no value shown', () => {
  const wrong: Variables = {
    SLACK_BOT_TOKEN: 'xapp-sesame',
    DATABASE_URL: 'mysql://u:sesame@db/ledger',
    REDIS_URL: 'sesame',
    SLACK_API_URL: 'slack.com',
    PORT: '70000',
    OPS_PORT: 'ops',
    LOG_LEVEL: 'loud',
  };
  const said = problems(() => readEnv(wrong));
  expect(said.join('\n')).not.toContain('sesame');
  expect([...said].sort()).toEqual([
    'DATABASE_URL: is not a url like postgres://user:password@host:5432/hallpass',
    'LOG_LEVEL: is not a level; write one of trace, debug, info, warn, error, fatal, silent',
    'OPS_PORT: is not a port; write a number from 0 (any free one) to 65535',
    'PORT: is not a port; write a number from 0 (any free one) to 65535',
    'REDIS_URL: is not a url like redis://:password@host:6379 or redis+sentinel://:password@host1:26379,host2:26379/master, with special characters percent-encoded',
    'SLACK_API_URL: is not a url like https://host/path',
    'SLACK_BOT_TOKEN: does not begin with xoxb-; write the bot token of the Slack app',
    'SLACK_SIGNING_SECRET: is not set; set it for HTTP, or set SLACK_APP_TOKEN for Socket Mode',
  ]);
});

test('each command asks only for what it needs', () => {
  expect(problems(() => readDatabases({}))).toEqual([
    'DATABASE_URL: is not set; write a url like postgres://user:password@host:5432/hallpass',
  ]);
  expect(
    readDatabases({ DATABASE_URL: LEAST.DATABASE_URL, SLACK_BOT_TOKEN_FILE: '/nowhere' }).redis,
  ).toBeNull();
  expect(configPath({})).toBe('hallpass.yaml');
  expect(readLogLevel({ LOG_LEVEL: 'warn' })).toBe('warn');
});

test('secrets out of files', () => {
  const folder = folderWith({ token: 'xoxb-from-file\n', empty: '\n' });
  const token = join(folder, 'token');
  const { SLACK_BOT_TOKEN: _, ...rest } = LEAST;
  expect(readEnv({ ...rest, SLACK_BOT_TOKEN_FILE: token }).slack.botToken).toBe('xoxb-from-file');
  const said = (variables: Variables) => problems(() => readEnv({ ...rest, ...variables }));
  expect(said({ SLACK_BOT_TOKEN: 'xoxb-sesame', SLACK_BOT_TOKEN_FILE: token })).toEqual([
    'SLACK_BOT_TOKEN: SLACK_BOT_TOKEN_FILE is set too; set one of them',
  ]);
  expect(said({ SLACK_BOT_TOKEN_FILE: join(folder, 'empty') })).toEqual([
    `SLACK_BOT_TOKEN: the file ${folder}/empty is empty`,
  ]);
  expect(said({ SLACK_BOT_TOKEN: 'xoxb-1', PAGERDUTY_TOKEN_FILE: '/nowhere' })).toEqual([
    "PAGERDUTY_TOKEN: its file can't be read: ENOENT: no such file or directory, open '/nowhere'",
  ]);
});
