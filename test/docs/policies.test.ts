/** Each policy of docs/policies.md loads as it stands there, and its table has every key. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { complaints, load } from '../config/files.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/policies.md'), 'utf8');
const policies = [...page.matchAll(/^### (\d+\. .+)\n[\s\S]*?```yaml\n([\s\S]*?)```/gm)].map(
  ([, title = '', yaml = '']) => [title, yaml] as const,
);
const GROUPS = ['dba', 'sre', 'sre-leads', 'security', 'support', 'payments', 'oncall-db', 'data-protection'];
const file = (yaml: string) => `
slack: { channel: C0123456789, operators_channel: C0123456780 }
groups: { ${GROUPS.map((name, i) => `${name}: S012345678${i}`).join(', ')} }
targets:
  shop:
    url: postgres://hallpass@db/shop
    roles:
      r:
${yaml.replace(/^/gm, '        ')}
`;

test('there are ten', () => expect(policies).toHaveLength(10));

test.each(policies)('%s', (_, yaml) => {
  expect(load(file(yaml)).targets.get('shop')?.roles.has('r')).toBe(true);
});

test('the table has every key of a policy, and no other', () => {
  const [said] = complaints(file('xxxxxxxxxxxxxxxxxxxx: x\napprovers: dba'));
  const known = said?.split('known here: ')[1]?.split(', ') ?? [];
  const rows = [...page.matchAll(/^\| `(\w+)` *\|/gm)].map(([, key]) => key);
  // How a role is granted and shown is no policy.
  const others = ['about', 'policy', 'sessions', 'allow_set_role', 'grace', 'idle', 'channel'];
  expect(rows.toSorted()).toEqual(known.filter((key) => !others.includes(key)).toSorted());
});
