/** Who can decide, as it is foreseen: people are counted as they are when they approve. */
import { expect, it } from 'vitest';
import { findDeciders } from '../../src/access/telling/who-can-decide.js';

const DBA = { id: 'S0DBA', name: 'dba' };

/** @param emails of the members of the group; null: Slack doesn't say who they are. */
function find(emails: Readonly<Record<string, string | null>>, count: number) {
  const account = {
    ...{ member: true, emailUnread: null, tz: null },
    ...{ deactivated: false, bot: false, guest: false },
  };
  const reader = {
    group: async () => ({ members: new Set(Object.keys(emails)) }),
    person: async (id: string) => {
      const email = emails[id] ?? null;
      return email === null ? new Error('Slack does not say') : { ...account, id, name: id, email };
    },
  };
  const config = { targets: new Map(), people: new Map() };
  const request = { requester: 'U0ANA', target: 'shop', login: 'ana' };
  // Only what it reads is there.
  return findDeciders({ config } as never, reader as never, request, [{ from: [DBA], count }], {
    most: 1,
    thorough: false,
  });
}

it.each([
  ['two people', { U0BEN: 'ben@x.org', U0CORA: 'cora@x.org' }, 2, []],
  ['two accounts of one', { U0BEN: 'ben@x.org', U0BEN2: 'Ben+2@x.org' }, 2, ['too_few']],
  [
    'two accounts of one, and another person',
    { U0BEN: 'ben@x.org', U0BEN2: 'Ben+2@x.org', U0CORA: 'cora@x.org' },
    2,
    [],
  ],
  ['those of whom Slack says nothing', { U0BEN: 'ben@x.org', U0BEN2: null }, 2, []],
])('%s', async (_, emails, count, because) => {
  const { nobody } = await find(emails, count);
  expect(nobody.map((each) => each.because)).toEqual(because);
});
