import { describe, expect, it } from 'vitest';
import { type Changes, listSchemas, type Preview } from '../../src/domain/postgres/preview.js';
import { leftBehind, leftBehindText } from '../../src/surfaces/request/left-behind.js';
import { roleLines } from '../../src/surfaces/request/preview.js';
import { SITUATIONS, scene } from './samples.js';

const schema = (name: string, read: number, write = 0, more = {}) => ({
  name,
  read,
  write,
  owns: 0,
  newRead: read,
  newWrite: write,
  ...more,
});
const PREVIEW: Preview = {
  danger: 'write',
  reasons: ['can change the rows of 3 tables'],
  databases: [listSchemas('shop', [schema('orders', 40, 3, { newRead: 38 }), schema('payments', 2)])],
  unread: [],
  moreUnread: 0,
  leaks: [],
};
const lines = (more: Partial<Preview> = {}) =>
  roleLines('orders_write', 'ana', { ok: true, preview: { ...PREVIEW, ...more } });

describe('the preview', () => {
  it('says what the role can do, what of it is new, and how dangerous it is', () => {
    expect(lines()).toEqual([
      '*Access:* reads 42 tables in `orders`, `payments`; writes 3 in `orders`; owns nothing',
      '*New for `ana`:* reads 40 tables, writes 3',
      '*Danger:* write: can change the rows of 3 tables',
      'Read in `shop`.',
    ]);
  });

  it('says when nothing is there, and nothing is new', () => {
    expect(
      lines({ danger: 'none', reasons: [], databases: [{ name: 'shop', schemas: [], others: null }] }),
    ).toEqual([
      '*Access:* reads nothing; writes nothing; owns nothing',
      '*New for `ana`:* no table',
      '*Danger:* none',
      'Read in `shop`.',
    ]);
    const one = [listSchemas('shop', [schema('log', 1, 1, { newRead: 0 })])];
    expect(lines({ databases: one })).toEqual([
      '*Access:* reads 1 table in `log`; writes 1 in `log`; owns nothing',
      '*New for `ana`:* writes 1 table',
      expect.any(String),
      expect.any(String),
    ]);
  });

  it('names the databases, those that were not read, and takes the danger for the least there is', () => {
    const databases = [
      ...PREVIEW.databases,
      listSchemas('crm', [schema('public', 0, 0, { owns: 2 }), schema('leads', 7)]),
    ];
    const unread = [
      { name: 'billing', why: 'no CONNECT' },
      ...['a', 'b', 'c'].map((name) => ({ name, why: 'too many databases' })),
    ];
    expect(lines({ databases, unread, moreUnread: 5 })).toEqual([
      '*Access:* reads 49 tables in `shop.orders`, `shop.payments`, `crm.leads`; writes 3 in `orders`; owns 2 in `public`',
      '*New for `ana`:* reads 47 tables, writes 3',
      '*Danger:* at least write: can change the rows of 3 tables',
      'Read in `shop`, `crm`; not read: `billing` (no CONNECT), `a` (too many databases), `b` (too many databases) and 6 more.',
    ]);
  });

  it('shortens long lists, and warns of what outlives the grant', () => {
    const many = Array.from({ length: 60 }, (_, i) => schema(`s${String(i).padStart(2, '0')}`, 1));
    const leaks = ['owns 3 tables', 'holds ADMIN OPTION on y', 'has TRIGGER on 1 table', 'x', 'y'];
    const reasons = ['has CREATEDB as x', 'has REPLICATION as x', 'can grant a to anybody'];
    expect(lines({ danger: 'admin', reasons, leaks, databases: [listSchemas('shop', many)] })).toEqual([
      '*Access:* reads 60 tables in `s00`, `s01`, `s02` and 57 more; writes nothing; owns nothing',
      '*New for `ana`:* reads 60 tables',
      '*Danger:* admin: has CREATEDB as x; has REPLICATION as x; and 1 more',
      'Read in `shop`.',
      ':warning: *Can outlive the grant:* owns 3 tables; holds ADMIN OPTION on y; has TRIGGER on 1 table; and 2 more',
    ]);
  });

  it('says who else could use it, and the REVOKE that would change that', () => {
    const one = { name: 'ben', through: null, revoke: 'REVOKE "ana" FROM "ben";' };
    const users = [
      one,
      { name: 'cem', through: 'team', revoke: 'REVOKE "ana" FROM "team" GRANTED BY "dba";' },
    ];
    expect(lines({ users: [one], moreUsers: 0 }).at(-1)).toBe(
      ':warning: *Also usable by:* `ben` (member of `ana`). To change that: `REVOKE "ana" FROM "ben";`',
    );
    expect(lines({ users, moreUsers: 7 }).at(-1)).toBe(
      ':warning: *Also usable by:* `ben`, `cem` through `team` and 7 more (members of `ana`). To change that: `REVOKE "ana" FROM "ben";` `REVOKE "ana" FROM "team" GRANTED BY "dba";`',
    );
    const long = { ...one, revoke: `REVOKE "ana" FROM "${'b'.repeat(500)}";` };
    expect(lines({ users: [long], moreUsers: 0 }).at(-1)).toContain('`hallpass check`');
  });

  it("says once what is dangerous about a role of Postgres's own", () => {
    const monitor = (reasons: readonly string[]) => {
      const preview: Preview = { ...PREVIEW, danger: 'read', reasons };
      return roleLines('pg_monitor', 'ana', { ok: true, preview }).filter((line) => /danger/i.test(line));
    };
    const power =
      /^\*Danger:\* read: `pg_monitor` reads all server settings.*, in every database of this server/;
    const [line, ...others] = monitor(['has all that pg_monitor has', 'can read 1 table']);
    expect(line).toMatch(power);
    expect(line).toMatch(/server; can read 1 table$/);
    expect(others).toEqual([]);
    expect(monitor(['has all that pg_monitor has'])).toEqual([expect.stringMatching(power)]);
    expect(roleLines('pg_monitor', 'ana', { ok: false, why: 'no answer' })).toEqual([
      'Preview not available: no answer',
      expect.stringMatching(/^\*Danger:\* `pg_monitor` reads all server settings/),
    ]);
  });

  it('says why it is not there', () => {
    expect(
      roleLines('orders_write', 'ana', { ok: false, why: 'the server did not answer <within> 2 s' }),
    ).toEqual(['Preview not available: the server did not answer &lt;within&gt; 2 s']);
  });

  it('fits into a section, whatever the names are, and lets none of them format or mention', () => {
    const evil = '<!channel>&`*'.repeat(30);
    const shown = roleLines(evil, evil, {
      ok: true,
      preview: {
        danger: 'superuser',
        reasons: [evil, evil, evil],
        leaks: [evil, evil, evil, evil],
        databases: Array.from({ length: 8 }, (_, i) =>
          listSchemas(`${i}${evil}`, [schema(evil, 1e9, 1e9, { owns: 1e9 }), schema(`${evil}2`, 1, 1)]),
        ),
        unread: Array.from({ length: 50 }, () => ({ name: evil, why: evil })),
        moreUnread: 1_000,
        users: Array.from({ length: 20 }, (_, i) => ({ name: evil, through: evil, revoke: `${i}${evil}` })),
        moreUsers: 1_000,
      },
    }).join('\n');
    expect(shown.length).toBeLessThanOrEqual(3_000);
    expect(shown).not.toMatch(/<!|[^`]``/);
    expect(shown.replace(/`[^`]*`/g, '').split('*')).toHaveLength(11);
  });
});

describe('what was left behind', () => {
  const names = { login: 'ana', role: 'orders_rw' };
  const changes: Changes = {
    total: 9,
    facts: [
      { database: 'shop', what: 'table public.copy, owner ana', names: 'login' },
      { database: null, what: 'membership of ana in y, granted by bo', names: 'login' },
      { database: 'shop', what: 'table public.orders, owner app; orders_rw may SELECT', names: 'role' },
      ...Array.from({ length: 6 }, (_, i) => ({
        database: 'crm',
        what: `index public.i${i}, owner app`,
        names: null,
      })),
    ],
    unread: [{ name: 'billing', why: 'no CONNECT' }],
  };

  it('shows what names the login or the role, and counts the rest', () => {
    expect(leftBehindText(changes, names).split('\n')).toEqual([
      '3 mention `ana` or `orders_rw`:',
      '• `shop`: table public.copy, owner ana',
      '• the whole server: membership of ana in y, granted by bo',
      '• `shop`: table public.orders, owner app; orders_rw may SELECT',
      '• `crm`: index public.i0, owner app',
      '• `crm`: index public.i1, owner app',
      '…and 4 more; the audit has all.',
      'Not checked: `billing` (no CONNECT).',
    ]);
    expect(leftBehindText({ ...changes, total: 900 }, names)).toContain(
      '…and 895 more; the audit has the first ones.',
    );
  });

  it('counts one as one, and none as none', () => {
    const [first] = changes.facts;
    const one = { total: 1, facts: first ? [first] : [], unread: [] };
    expect(leftBehindText(one, names)).toBe(
      '1 mentions `ana` or `orders_rw`:\n• `shop`: table public.copy, owner ana',
    );
    expect(leftBehind(SITUATIONS.expired, scene, one).text).toMatch(
      /^1 change during the window\nOn Shop \(production\); someone else may have made them\. 1 mentions `ana_login` or `orders_write`:/,
    );
    expect(leftBehindText({ total: 0, facts: [], unread: [] }, names)).toBe(
      'Nothing changed in what was read.',
    );
  });

  it('fits into a message, whatever the names are', () => {
    const evil = '<!channel>&`*'.repeat(30);
    const facts = Array.from({ length: 50 }, () => ({ database: evil, what: evil, names: null }));
    const unread = facts.map(({ what }) => ({ name: what, why: what }));
    const { text } = leftBehind(SITUATIONS.expired, scene, { total: 5_000, facts, unread });
    expect(text.length).toBeLessThanOrEqual(4_000);
    expect(text).not.toContain('<!channel');
  });
});
