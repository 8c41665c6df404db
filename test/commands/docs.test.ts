/** The examples of docs/commands.md are what the commands print, but for ids and times. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { anAuditedLedger } from '../audit/ledger.js';
import { asked, granted, happened, PROOF } from './people.js';
import { hallpass } from './run.js';

const { db, owner, databaseUrl } = await anAuditedLedger();
const docs = await readFile(join(import.meta.dirname, '../../docs/commands.md'), 'utf8');

await registerTargets(db, ['billing', 'shop-prod']);
const wish = (person: string, target: string, role: string, reason: string) => ({
  ...{ target, role, reason, login: person, requester: `U0${person.toUpperCase()}` },
});
const late = await asked(
  db,
  wish('dan', 'billing', 'invoices_read', 'invoice 4711 is wrong'),
  granted('U0CORA'),
);
await owner.query(
  `update requests set granted_at = granted_at - interval '1 hour', expires_at = now() - interval '14 minutes',
     trouble = 'could not connect to the server: connection refused' where id = $1`,
  [late],
);
const over = await asked(db, wish('ana', 'shop-prod', 'orders_read', 'ticket 812'), [
  { type: 'previewed', result: { ok: true, preview: { danger: 'read' } } },
  ...granted('U0BEN'),
]);
await happened(db, over, [
  { type: 'relinquish', by: 'U0ANA' },
  { type: 'proved_gone', proof: PROOF },
]);
await asked(db, wish('ben', 'shop-prod', 'orders_write', 'rerun the import of today'), granted('U0CORA'));
await asked(db, wish('eve', 'shop-prod', 'vault_read', 'audit of keys'));

/** Ids, times and durations are of the day. */
function masked(text: string): string {
  return text
    .replaceAll(/R-\d+/g, 'R-1042')
    .replaceAll(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '2026-11-21T12:00:00Z')
    .replaceAll(/\d+ minutes(?: \d+ seconds)? from now/g, '44 minutes from now')
    .replaceAll(/HELD +ENDED/g, 'HELD ENDED')
    .replaceAll(/(T12:00:00Z) +(?:\d+[hms])+ +/g, '$1 … ');
}

const EXAMPLES = [...docs.matchAll(/```console\n\$ hallpass (.*)\n([\s\S]*?)```/g)].map(
  ([, args = '', output = '']) => [args, output.trimEnd()] as const,
);

it('each of the three has an example', () => {
  expect(new Set(EXAMPLES.map(([args]) => args.split(' ', 1)[0]))).toEqual(
    new Set(['status', 'show', 'report']),
  );
});

it.each(EXAMPLES)('hallpass %s', async (args, output) => {
  const { code, said } = await hallpass(args.replace(/R-\d+/, `R-${over}`).split(' '), {
    DATABASE_URL: databaseUrl,
  });
  expect(code).toBe(0);
  // The page writes what a reader types who has it installed.
  expect(masked(said.replaceAll('node dist/cli.js', 'hallpass'))).toBe(masked(output));
});
