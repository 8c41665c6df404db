import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type SetupWish, setupSql } from '../../../src/postgres/setup/command.js';
import { iamPolicies } from '../../../src/postgres/setup/iam-policy.js';
import type { SetupTarget } from '../../../src/postgres/setup/server.js';
import { installedMajors, type Major } from '../../support/majors.js';
import { describeWith } from '../../support/program.js';
import { HOSTILE, useStage } from './stage.js';

const TARGET: SetupTarget = {
  key: 'shop-prod',
  kind: 'self-managed',
  mode: 'direct',
  connect: { user: 'hallpass', database: 'shop', iam: null },
  roles: new Map([['orders_read', { role: 'orders_read' }]]),
  discover: [],
};
const print = (over: Partial<SetupTarget> = {}, wish: SetupWish = { undo: false }, version = 180_000) =>
  setupSql({ ...TARGET, ...over }, version, wish);
const read = (role: string, database: string): SetupWish => ({
  role: { role, access: 'read', schemas: ['orders'], databases: [database] },
  undo: false,
});

test('a script grants in each release’s own words, and says how to try it', () => {
  const admin = 'GRANT "orders_read" TO "hallpass"';
  expect(print()).toContain(`${admin} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;`);
  expect(print({}, { undo: false }, 150_000)).toContain(`${admin} WITH ADMIN OPTION;`);
  expect(print().trimEnd()).toMatch(/-- Try it: hallpass check shop-prod$/);
});

test('what differs between kinds of servers is said', () => {
  const iam = { region: 'eu-west-1', assumeRole: null };
  expect(print({ kind: 'cloud-sql' })).toContain(
    '-- Run it as postgres. Don’t make Hallpass’s login in the console',
  );
  expect(print({ kind: 'rds', connect: { ...TARGET.connect, iam } })).toContain(
    'GRANT rds_iam TO "hallpass";',
  );
  expect(print({ discover: [{ match: 'app_*_ro' }] })).toContain('-- What discover: finds ("app_*_ro")');
});

test('what can’t be is refused before anything is printed', () => {
  const noSchema: SetupWish = {
    role: { role: 'r', access: 'read', schemas: [], databases: ['shop'] },
    undo: false,
  };
  expect(() => print({}, read('r'.repeat(64), 'shop'))).toThrow('no role can be called');
  expect(() => print({}, noSchema)).toThrow('no schema');
  expect(() => print({}, read('r', 'a\nb'))).toThrow('line break');
  expect(() => print({}, { logins: { logins: ['a\0b'], iam: false }, undo: false })).toThrow('no login');
});

test('the IAM policy is for Hallpass’s login alone', () => {
  const connect = {
    user: 'hall*pass',
    database: 'shop',
    iam: { region: 'eu-west-1', assumeRole: 'arn:aws:iam::123456789012:role/db' },
  };
  const { policy, trust_policy } = JSON.parse(iamPolicies({ ...TARGET, kind: 'aurora', connect }));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's own writing of a star
  const resource = 'arn:aws:rds-db:eu-west-1:123456789012:dbuser:cluster-RESOURCE_ID/hall${*}pass';
  expect(policy.Statement).toEqual([{ Effect: 'Allow', Action: 'rds-db:connect', Resource: resource }]);
  expect(trust_policy.Statement[0].Action).toBe('sts:AssumeRole');
  const own = { ...connect, iam: { region: 'eu-west-1', assumeRole: null } };
  expect(JSON.parse(iamPolicies({ ...TARGET, connect: own })).trust_policy).toBeNull();
  expect(() => iamPolicies(TARGET)).toThrow('does not log in by IAM');
});

const newest = installedMajors().slice(-1) satisfies Major[];

describeWith('psql').each(newest)('psql, on Postgres $major', (major) => {
  const on = useStage(major);

  test('it runs what is printed, whatever the names, twice, and the way back', async () => {
    const { stage } = on;
    const { host, port, user, password } = stage.cluster;
    const run = (script: string) => {
      const env = {
        PATH: process.env.PATH,
        PGHOST: host,
        PGPORT: String(port),
        PGUSER: user,
        PGPASSWORD: password,
      };
      const { status, stderr } = spawnSync('psql', ['-X', '-q', '-d', 'postgres'], { input: script, env });
      expect(stderr.toString()).not.toMatch(/ERROR|WARNING|FATAL|error:/);
      expect(status).toBe(0);
    };
    const guarded = stage.target({
      mode: 'guarded',
      connect: { user: HOSTILE.login, database: HOSTILE.database, iam: null },
    });
    const wishes = (undo: boolean): SetupWish[] => {
      const own = { undo };
      const schemas = ['orders', HOSTILE.schema];
      const role = {
        role: HOSTILE.role,
        access: 'read' as const,
        schemas,
        databases: ['shop', HOSTILE.database],
      };
      return undo ? [{ role, undo }, own] : [own, { role, undo }];
    };
    const before = await stage.catalog();
    for (const undo of [false, true]) {
      for (const _ of ['once', 'twice']) {
        for (const wish of wishes(undo)) run(setupSql(guarded, stage.version, wish));
      }
      const after = await stage.catalog();
      if (undo) expect(after).toEqual(before);
      else expect(after).not.toEqual(before);
    }
  });
});
