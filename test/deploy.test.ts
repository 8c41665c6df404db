/** The files by which Hallpass is run: what they must agree on with it, and with one another. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readDatabases, readEnv } from '../src/config/environment/env.js';
import { loadConfig } from '../src/config/load.js';
import { STOP_MS } from '../src/main.js';
import { folderWith } from './config/files.js';

const read = (path: string) => readFile(join(import.meta.dirname, '..', path), 'utf8');

const service = z.object({
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.coerce.string()),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
});
const compose = z
  .object({ services: z.object({ hallpass: service, migrate: service, operator: service }) })
  .parse(parse(await read('compose.yaml'), { merge: true })).services;

/** What Compose makes of a value: `$$` is a dollar, and a variable what .env says. */
function resolved(
  environment: Readonly<Record<string, string>>,
  dotenv: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\$|\$\{(\w+)(?::[?-][^}]*)?\}/g, (found, variable: string | undefined) =>
        found === '$$' ? '$' : (dotenv[variable ?? ''] ?? ''),
      ),
    ]),
  );
}

test('compose: passwords of any characters reach the ledger, and only what serve needs gets to it', () => {
  const password = `p@ss:w/ord?#%$'"{} é`;
  const dotenv = {
    LEDGER_PASSWORD: password,
    LEDGER_OWNER_PASSWORD: `${password}2`,
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_APP_TOKEN: 'xapp-1',
    AUDIT_KEY: 'a key',
  };
  const { databaseUrl, transport } = readEnv(resolved(compose.hallpass.environment, dotenv));
  expect(decodeURIComponent(new URL(databaseUrl).password)).toBe(password);
  expect(transport.kind).toBe('socket');
  const byHttp = { ...dotenv, SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 's3cret-of-slack' };
  expect(readEnv(resolved(compose.hallpass.environment, byHttp)).transport).toMatchObject({ kind: 'http' });

  const owner = readDatabases(resolved(compose.migrate.environment, dotenv)).databaseOwnerUrl;
  expect(new URL(owner).username).toBe('hallpass_owner');
  expect(decodeURIComponent(new URL(owner).password)).toBe(`${password}2`);
  for (const name of Object.keys(compose.hallpass.environment)) {
    expect(name).not.toMatch(/OWNER|AUDIT|POSTGRES_/);
  }
  expect(compose.hallpass.command).toEqual(['serve', '--no-migrate']);
});

test('a url that names a variable which is not set says so', () => {
  const said = () => readDatabases({ DATABASE_URL: `postgres://hallpass:\${NOPE}@db/hallpass` });
  expect(said).toThrow('DATABASE_URL: names NOPE, which is not set');
});

test('compose: ports for metrics and HTTP mode, a folder for files, and time to stop', () => {
  expect(compose.hallpass.ports.map((port) => port.split(':').at(-1))).toEqual(['9090', '3000']);
  expect(compose.hallpass.environment).toMatchObject({ OPS_PORT: '9090', PORT: '3000' });
  expect(compose.hallpass.volumes).toEqual(['./config:/etc/hallpass:ro']);
  expect(Number.parseInt(compose.hallpass.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(
    STOP_MS + 5_000,
  );
});

test('one list of Node versions: the oldest that is supported, and that of the image', async () => {
  const versions = (await read('.ci/node-versions')).trim().split('\n');
  const { engines } = z
    .object({ engines: z.object({ node: z.string() }) })
    .parse(JSON.parse(await read('package.json')));
  expect(engines.node).toBe(`>=${versions[0]}`);
  const images = [...(await read('Dockerfile')).matchAll(/^FROM node:(\d+)/gm)].map(([, major]) => major);
  expect(new Set(images)).toEqual(new Set([versions.at(-1)]));
  expect(await read('docs/operating.md')).toContain(
    `${versions[0]} or later; the image has ${versions.at(-1)}`,
  );
});

test('systemd: reload is SIGHUP, and it waits longer than Hallpass takes to stop', async () => {
  const unit = await read('docs/deploy/hallpass.service');
  expect(unit).toMatch(/^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) * 1_000).toBeGreaterThan(STOP_MS + 5_000);
  // Each credential that is loaded is named, and the other way round.
  const loaded = [...unit.matchAll(/^LoadCredential=(\w+):/gm)].map(([, name]) => name);
  const named = [...unit.matchAll(/^Environment=\w+_FILE=%d\/(\w+)$/gm)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(loaded.toSorted());
});

test('Kubernetes: two replicas that leave in time, and a configuration that loads', async () => {
  const documents = parseAllDocuments(await read('docs/deploy/kubernetes.yaml')).map((one): unknown => {
    expect(one.errors).toEqual([]);
    return one.toJS();
  });
  const deployment = z
    .object({
      kind: z.literal('Deployment'),
      spec: z.object({
        replicas: z.number(),
        template: z.object({
          spec: z.object({
            terminationGracePeriodSeconds: z.number(),
            containers: z.tuple([
              z.object({
                args: z.array(z.string()),
                env: z.array(z.object({ name: z.string(), value: z.string() })),
                livenessProbe: z.object({ httpGet: z.object({ path: z.string() }) }),
                readinessProbe: z.object({ httpGet: z.object({ path: z.string() }) }),
              }),
            ]),
          }),
        }),
      }),
    })
    .parse(documents.find((one) => z.object({ kind: z.literal('Deployment') }).safeParse(one).success));
  expect(deployment.spec.replicas).toBe(2);
  const { terminationGracePeriodSeconds: grace, containers } = deployment.spec.template.spec;
  expect(grace * 1_000).toBeGreaterThan(STOP_MS + 5_000);
  const [container] = containers;
  expect(container.livenessProbe.httpGet.path).toBe('/healthz');
  expect(container.readinessProbe.httpGet.path).toBe('/readyz');
  expect(container.args).toEqual(['serve', '--no-migrate']);
  expect(container.env.map(({ name }) => name)).not.toContain('DATABASE_OWNER_URL_FILE');

  const { data } = z
    .object({ kind: z.literal('ConfigMap'), data: z.object({ 'hallpass.yaml': z.string() }) })
    .parse(documents[0]);
  const folder = folderWith(data);
  expect([...loadConfig(join(folder, 'hallpass.yaml'), {}).targets.keys()]).toEqual(['shop-prod']);
});
