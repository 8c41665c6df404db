/** Whom rolesThatGive names, and what it says when no role gives what is asked for. */
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type GivingRole, rolesThatGive } from '../../src/access/asking/by-object.js';
import { createRoles } from '../../src/access/asking/roles.js';
import type { Person } from '../../src/messenger/messenger.js';
import { createObjectsIndex } from '../../src/postgres/objects/objects-index.js';
import type { ObjectsRow } from '../../src/postgres/objects/read-objects.js';
import { load } from '../config/files.js';

const ANA: Person = {
  ...{ id: 'U0ANA', name: 'ana', email: null, emailUnread: null, tz: null },
  ...{ member: true, deactivated: false, bot: false, guest: false },
};

const CONFIG = `
slack: { channel: C0123456789, operators_channel: C0123456780 }
operators: [sre]
groups: { dba: S0123456789, sre: S0123456780 }
people: { U0ANA: { login: ana } }
defaults: { approvers: dba }
targets:
  shop:
    name: Shop
    connect: { host: 127.0.0.1, database: shop, user: hallpass, tls: off }
    roles:
      billing_read: {}
      billing_all: {}
      archive_read: {}
      kept_read: { requesters: sre }
  vault:
    name: Vault
    connect: { host: 127.0.0.1, database: vault, user: hallpass, tls: off }
    roles: { vault_read: {} }
`;

const OIDS = { billing_read: 1, billing_all: 2, archive_read: 3, kept_read: 4, vault_read: 5 } as const;

/** A table of some schema that these read and write. */
const table = (
  schema: string,
  names: readonly string[],
  grants: Partial<Record<keyof typeof OIDS | 'PUBLIC', string>>,
): ObjectsRow => ({
  ...{ kind: 'relation', schema, owner: 10, names: [...names], args: null, columns: null },
  grants: Object.entries(grants)
    .flatMap(([role, privileges]) =>
      privileges.split(' ').map((one) => `${role === 'PUBLIC' ? 0 : OIDS[role as keyof typeof OIDS]} ${one}`),
    )
    .join(','),
});

const schema = (name: string, open = true): ObjectsRow => ({
  ...{ kind: 'schema', schema: null, owner: 10, names: [name], args: null, columns: null },
  grants: open ? '0 USAGE' : '',
});

function indexOf(database: string, rows: readonly ObjectsRow[]) {
  const roles = Object.entries(OIDS).map(([name, oid]) => ({
    ...{ name, oid, inherit: true, superuser: false, createRole: false, privileged: false },
  }));
  const graph = {
    ...{ version: 180_000, databaseOwner: 6171, roles, memberships: [] },
    databases: [
      {
        name: database,
        owner: 10,
        mayRead: true,
        template: false,
        grants: '0 CONNECT',
      },
    ],
  };
  return createObjectsIndex(graph, database, [{ name: database, rows }], []);
}

const SHOP = indexOf('shop', [
  ...[schema('billing'), schema('archive'), schema('kept'), schema('shut', false)],
  table('billing', ['invoices', 'lines'], { billing_read: 'SELECT', billing_all: 'SELECT UPDATE' }),
  table('archive', ['invoices'], { archive_read: 'SELECT' }),
  table('kept', ['salaries', 'invoices'], { kept_read: 'SELECT' }),
  table('billing', ['countries'], { PUBLIC: 'SELECT' }),
  table('shut', ['plans'], { billing_read: 'SELECT', PUBLIC: 'SELECT' }),
]);
const VAULT = indexOf('vault', [schema('keys'), table('keys', ['invoices'], { vault_read: 'SELECT' })]);

function ask(
  text: string,
  {
    target = null,
    vault = VAULT,
    sre = [],
  }: { target?: string | null; vault?: typeof VAULT | null; sre?: string[] } = {},
) {
  const config = load(CONFIG);
  const logger = pino({ level: 'silent' });
  const known: Readonly<Record<string, typeof SHOP | null>> = { shop: SHOP, vault };
  const deps = {
    ...{ config, logger, roles: createRoles(config, new Map(), logger) },
    objects: { within: async (key: string) => known[key] ?? null },
    messenger: {
      members: async (id: string) => new Set(id === 'S0123456780' ? sre : []),
      whyUnsaid: () => null,
    },
  };
  // Only what it reads is there.
  return rolesThatGive(deps as never, ANA, {
    channel: null,
    target: config.targets.get(target ?? '') ?? null,
    text,
  });
}

const said = ({ target, role, words }: GivingRole) => `${target.key} ${role.role}: ${words}`;
async function rolesFor(...args: Parameters<typeof ask>): Promise<readonly string[]> {
  const answer = await ask(...args);
  return answer.kind === 'roles' ? answer.roles.map(said) : [answer.kind];
}

describe('roles that give', () => {
  it('are named on all targets, by schema, the least harmful and smallest first, and none that is not on offer', async () => {
    expect(await rolesFor('invoices')).toEqual([
      'shop archive_read: reads archive.invoices',
      'vault vault_read: reads keys.invoices',
      'shop billing_read: reads billing.invoices and 1 more',
      'shop billing_all: reads billing.invoices and 1 more; writes 2',
    ]);
    expect(await rolesFor('billing.invoices')).toHaveLength(2);
    expect(await rolesFor('vault.keys.invoices')).toEqual(['vault vault_read: reads keys.invoices']);
    expect(await rolesFor('invoices', { target: 'vault' })).toEqual([
      'vault vault_read: reads keys.invoices',
    ]);
  });

  it('are those that allow what the statement does, wherever the schema is a wrong guess', async () => {
    expect(
      await rolesFor('ERROR:  permission denied for table lines\nSTATEMENT:  update lines set n = 1'),
    ).toEqual(['shop billing_all: updates billing.lines; writes 1 more']);
    expect(
      await rolesFor('select 1 from other.lines;\nERROR:  permission denied for table lines'),
    ).toHaveLength(2);
    expect(await rolesFor('other.lines')).toEqual(['none']);
  });

  it('are none for what nobody on offer gives: the answer tells nothing of what is there', async () => {
    const answers = await Promise.all(
      ['kept.salaries', 'kept.nothing', 'shut.plans', 'salaries'].map((text) => ask(text)),
    );
    for (const answer of answers) {
      expect(answer).toMatchObject({ kind: 'none', text: expect.stringMatching(/“sre” can change that\.$/) });
      expect({ ...answer, wanted: null }).toEqual({ ...answers[0], wanted: null });
    }
  });

  it('need not be asked for what everybody has', async () => {
    expect(await ask('countries')).toMatchObject({
      kind: 'open',
      text: 'You need no role for billing.countries: everyone who can connect to “Shop” has it.',
    });
  });

  it('are unknown while a server has said nothing', async () => {
    expect(await ask('secrets', { vault: null })).toMatchObject({
      kind: 'unread',
      text: expect.stringContaining('“Vault”'),
    });
    expect(await rolesFor('lines', { vault: null })).toHaveLength(2);
  });

  it('tells operators what they can do', async () => {
    expect(await ask('nothing_there', { sre: ['U0ANA'] })).toMatchObject({
      text: expect.stringContaining('You run Hallpass: offer a role that does'),
    });
  });

  it('is not asked by other words', async () => {
    expect(await ask('2h stuck order')).toEqual({ kind: 'no_question' });
  });
});
