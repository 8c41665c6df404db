/** What docs/operating.md, the rules and the dashboard name is there, and what is there is named. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { addCommands } from '../src/commands/register.js';
import { createMetrics } from '../src/metrics.js';

const read = (path: string) => readFile(join(import.meta.dirname, '..', path), 'utf8');
const operating = await read('docs/operating.md');

const metrics = createMetrics({
  figures: () => Promise.reject(new Error('nobody asks')),
  targets: () => new Map([['shop', { up: true, blocked: new Set(['standby'] as const) }]]),
  services: { redis: () => true, slack: () => true, pagerduty: () => false },
});
const text = await metrics.text();
/** By name: those of a histogram are shown under its own. */
const exposed = [...text.matchAll(/^# TYPE (hallpass_\w+)/gm)].map(([, name]) => name ?? '');
const series = new Set([
  ...exposed,
  ...exposed.flatMap((name) => ['_bucket', '_sum', '_count'].map((end) => name + end)),
]);

test('operating.md lists each metric, and no other, with unit and meaning', () => {
  const rows = [...operating.matchAll(/^\| `(hallpass_\w+)` +\| (.*?) +\| (.*?) +\|$/gm)];
  expect(rows.map(([, name]) => name).toSorted()).toEqual(exposed.toSorted());
  for (const [, , unit, meaning] of rows) expect(unit && meaning).toBeTruthy();
});

test('operating.md explains each reason for which a target can be blocked', () => {
  const rows = [...operating.matchAll(/^\| `([a-z_]+)` +\| .* \|$/gm)].map(([, name]) => name);
  const shown = [...text.matchAll(/^hallpass_target_blocked\{target="shop",reason="(\w+)"\}/gm)];
  // Two are read from the ledger, and nobody answers here.
  expect(
    shown
      .map(([, reason]) => reason)
      .concat('ledger_doubted', 'other_server')
      .toSorted(),
  ).toEqual(
    rows
      .filter((name) => !name?.startsWith('hallpass_') && name !== undefined && BLOCKS.includes(name))
      .toSorted(),
  );
  expect(text).toMatch(/^hallpass_target_blocked\{target="shop",reason="standby"\} 1$/m);
  expect(text).toMatch(/^hallpass_target_up\{target="shop"\} 1$/m);
  expect(text).toMatch(/^hallpass_pagerduty_up 0$/m);
});

const BLOCKS = ['unreachable', 'standby', 'login_unfit', 'anchor_forged', 'ledger_doubted', 'other_server'];

const named = (expression: string) => expression.match(/hallpass_\w+/g) ?? [];

test('the rules are six, each pages, and names only metrics that exist', async () => {
  const rule = z.object({
    alert: z.string(),
    expr: z.string(),
    for: z.string(),
    labels: z.object({ severity: z.literal('page') }),
    annotations: z.object({ summary: z.string(), action: z.string() }),
  });
  const { groups } = z
    .object({ groups: z.array(z.object({ rules: z.array(rule) })) })
    .parse(parse(await read('docs/alerts.yaml')));
  const rules = groups.flatMap((group) => group.rules);
  expect(rules).toHaveLength(6);
  for (const { expr } of rules) {
    expect(named(expr)).not.toEqual([]);
    for (const name of named(expr)) expect(series).toContain(name);
  }
});

test('the dashboard names only metrics that exist, and each of ours is on it', async () => {
  const panels = z
    .object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) })) })
    .parse(JSON.parse(await read('docs/grafana.json')))
    .panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => named(expr)));
  for (const name of panels) expect(series).toContain(name);
  for (const name of exposed) {
    expect(panels.some((shown) => shown === name || shown === `${name}_bucket`)).toBe(true);
  }
});

test('each command that operating.md shows is one, with these options', async () => {
  const program = new Command();
  addCommands(program);
  for (const name of ['serve', 'worker']) program.command(name).option('--no-migrate');
  program.command('migrate');
  const shown = [...operating.matchAll(/hallpass ([a-z][a-z-]+)((?: [^`\n#]*)?)/g)].filter(
    // A file, a login, a prose sentence.
    ([, name = '']) => program.commands.some((command) => command.name() === name),
  );
  expect(shown.length).toBeGreaterThan(10);
  for (const [line, name, rest = ''] of shown) {
    const command = program.commands.find((one) => one.name() === name);
    const sub = command?.commands.find((one) => rest.trim().split(' ')[0] === one.name()) ?? command;
    for (const option of rest.match(/--[a-z-]+/g) ?? []) {
      expect(
        sub?.options.some(({ long }) => long === option),
        `${line}: ${option}`,
      ).toBe(true);
    }
  }
});
