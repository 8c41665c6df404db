import { expect, it } from 'vitest';
import { encode } from './encode.js';
import { commandIn, hinted, offered } from './slash.js';

const person = (id: string, name: string) => ({
  id,
  name,
  realName: name,
  teamId: 'T1',
  teams: ['T1'],
  email: null,
  emailConfirmed: true,
  deactivated: false,
  guest: 'no' as const,
  bot: false,
  tz: 'UTC',
});
const group = {
  id: 'S1',
  handle: 'dba',
  name: 'dba',
  members: [],
  disabled: false,
  updatedBy: 'U1',
  updatedAt: 0,
};
const channel = { id: 'C1', name: 'db-access', kind: 'public' as const, archived: false, members: [] };
const names = { people: [person('U1', 'cora')], groups: [group], channels: [channel] };
const commands = [
  { name: '/request', hint: '[role]', description: 'Ask' },
  { name: '/remind', hint: '', description: 'Remind' },
];

it('encodes what Slack encodes', () => {
  expect(encode('a < b && c > d', names)).toBe('a &lt; b &amp;&amp; c &gt; d');
  expect(encode('<!channel> <@U1>', names)).toBe('&lt;!channel&gt; &lt;@U1&gt;');
});

it('makes mentions of names that it knows', () => {
  expect(encode('@cora, @dba: see #db-access (@here)', names)).toBe(
    '<@U1>, <!subteam^S1>: see <#C1> (<!here>)',
  );
  expect(encode('mail cora@example.com or @eve. #nowhere', names)).toBe(
    'mail cora@example.com or @eve. #nowhere',
  );
});

it('tells commands from messages', () => {
  expect(commandIn('/request shop  orders_read')).toEqual({ name: '/request', text: 'shop  orders_read' });
  expect(commandIn('/request')).toEqual({ name: '/request', text: '' });
  expect(commandIn(' /request')).toBeNull();
  expect(commandIn('and/or')).toBeNull();
});

it('offers commands while their name is typed, and their hint after it', () => {
  expect(offered('/re', commands)).toHaveLength(2);
  expect(offered('/REQ', commands)).toHaveLength(1);
  expect(offered('/request ', commands)).toEqual([]);
  expect(offered('re', commands)).toEqual([]);
  expect(hinted('/request shop', commands)?.hint).toBe('[role]');
  expect(hinted('/requests', commands)).toBeNull();
});
