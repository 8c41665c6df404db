/** The example file loads, and holds every key that there is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { BASE, complaints, connected, target } from './files.js';

const EXAMPLE = join(import.meta.dirname, '../../hallpass.example.yaml');

test('the example loads', () => {
  const config = loadConfig(EXAMPLE, {
    SHOP_PASSWORD: 'sesame',
    GATE_PASSPHRASE: 'sesame',
    WAREHOUSE_URL: 'postgres://hallpass:sesame@warehouse.internal/reports?sslmode=require',
  });
  expect(
    [...config.targets.values()].map(({ key, grant, roles, replicas, discover }) => [
      key,
      grant,
      roles.size,
      replicas.length,
      discover.length,
    ]),
  ).toEqual([
    ['shop-prod', true, 4, 1, 0],
    ['billing', true, 1, 0, 1],
    ['warehouse', false, 1, 0, 0],
  ]);
});

test('every key of the file is in the example', () => {
  const unknown = 'xxxxxxxxxxxxxxxxxxxx: x';
  // One unknown key in each kind of map makes it tell those that it knows.
  const known = [
    `${BASE}${unknown}\n`,
    `slack: { ${unknown} }\n`,
    `${BASE}limits: { ${unknown} }\n`,
    `${BASE}people: { U0123456785: { ${unknown} } }\n`,
    `${BASE}bastions: { gate: { ${unknown} } }\n`,
    `${BASE}policies: { read: { approvals: { ${unknown} }, more: { ${unknown} }, escalate: { ${unknown} } } }\n`,
    `${BASE}policies: { read: { ${['automatic', 'extend', 'break_glass', 'reason'].map((key) => `${key}: { ${unknown} }`).join(', ')} } }\n`,
    `${BASE}policies: { read: { ${unknown}, on_call: { ${unknown}, escalation_policies: { ${unknown} } } } }\n`,
    BASE.replace('approvers: dba', unknown),
    connected(unknown),
    connected(`roles: { r: { ${unknown} } }`),
    connected(`discover: { ${unknown} }`),
    connected(`replicas: { ${unknown} }`),
    target(`connect: { ${unknown}, iam: { ${unknown} } }`),
  ].flatMap((file) => {
    const said = complaints(file).filter((line) => line.includes('unknown key; known here: '));
    expect(said, file).not.toEqual([]);
    return said.flatMap((line) => line.split('known here: ')[1]?.split(', ') ?? []);
  });
  const example = readFileSync(EXAMPLE, 'utf8');
  const missing = [...new Set(known)].filter((key) => !new RegExp(`(?<![\\w.])${key}:`).test(example));
  expect(missing).toEqual([]);
});
