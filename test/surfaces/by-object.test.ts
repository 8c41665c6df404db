import { describe, expect, it } from 'vitest';
import { giftWords, nothingGives, objectsUnread, openToAll } from '../../src/surfaces/forms/by-object.js';

const TABLE = {
  kind: 'relation',
  schema: 'billing',
  name: 'invoices',
  database: null,
  whole: true,
  columns: 0,
  read: 42,
  write: 0,
  own: 0,
} as const;
const LONG = 'x'.repeat(63);

describe('what a role gives', () => {
  it.each([
    ['reads billing.invoices and 41 more', TABLE, null],
    ['reads billing.invoices', { ...TABLE, read: 1 }, 'SELECT'],
    ['reads billing.invoices and 41 more; writes 3', { ...TABLE, write: 3 }, 'SELECT'],
    ['reads 2 columns of billing.invoices and 41 more', { ...TABLE, whole: false, columns: 2 }, null],
    ['reads 1 column of billing.invoices', { ...TABLE, whole: false, columns: 1, read: 1 }, null],
    ['updates billing.invoices; writes 2 more', { ...TABLE, write: 3 }, 'UPDATE'],
    ['inserts into billing.invoices', { ...TABLE, write: 1 }, 'INSERT'],
    ['owns billing.invoices and 4 more', { ...TABLE, own: 5, write: 9 }, 'OWN'],
    ['reads billing.invoices in analytics and 41 more', { ...TABLE, database: 'analytics' }, null],
    [
      'opens schema billing; reads 42 tables',
      { ...TABLE, kind: 'schema', schema: null, name: 'billing' },
      'USAGE',
    ],
    [
      'creates in schema billing; reads 42 tables',
      { ...TABLE, kind: 'schema', schema: null, name: 'billing' },
      'CREATE',
    ],
    [
      'uses sequence billing.s; reads 42 and writes 3 tables',
      { ...TABLE, kind: 'sequence', name: 's', write: 3 },
      null,
    ],
    ['calls billing.f(integer)', { ...TABLE, kind: 'function', name: 'f(integer)', read: 0 }, null],
    ['connects to database shop', { ...TABLE, kind: 'database', schema: null, name: 'shop', read: 0 }, null],
  ] as const)('%s', (words, gift, privilege) => {
    expect(giftWords(gift, privilege)).toBe(words);
  });

  it('fits into a menu, and says how many more, however long the names are', () => {
    const words = giftWords(
      {
        ...TABLE,
        schema: LONG,
        name: `${LONG}\u202e`,
        database: LONG,
        whole: false,
        columns: 1_600,
        read: 5_001,
        write: 5_000,
      },
      null,
    );
    expect(words.length).toBeLessThanOrEqual(75);
    expect(words).toMatch(
      /^reads 1600 columns of x+… and 5000 more$|^reads 1600 columns of x+… in x+… and 5000 more$/,
    );
  });
});

describe('when no role gives it', () => {
  const sre = [{ id: 'S0SRE', name: 'sre' }];
  const asked = { isOperator: false, isAll: true, isName: false };

  it('says who can change that', () => {
    expect(nothingGives(['Shop'], sre, asked)).toBe(
      'No role you can request on “Shop” gives what that needs. “sre” can change that.',
    );
    expect(nothingGives([], sre, { ...asked, isName: true, isAll: false })).toBe(
      'No role you can request is called that or gives it. “sre” can change that. Not every database there could be read.',
    );
    expect(nothingGives(['Shop'], sre, { ...asked, isOperator: true })).toBe(
      'No role you can request on “Shop” gives what that needs. You run Hallpass: offer a role that does, then run hallpass check.',
    );
  });

  it('says when none is needed, and when a server has said nothing yet', () => {
    expect(openToAll(TABLE, 'Shop')).toBe(
      'You need no role for billing.invoices: everyone who can connect to “Shop” has it.',
    );
    expect(objectsUnread(['Shop'])).toBe(
      '“Shop” hasn’t said yet what roles give there. Try again in a moment.',
    );
    expect(objectsUnread(['Shop', 'Vault'])).toContain('haven’t');
  });
});
