import { expect, it } from 'vitest';
import { message } from './testing.js';
import { badgeOf, isNews, unreadIn } from './unread.js';

const who = { self: 'U2', channel: 'C1', readUpTo: '100.000000' };
const ring = { channel: 'C1', ts: '101.000000', text: 'words', why: 'mention' } as const;

it('counts what another person wrote for everybody since', () => {
  expect(unreadIn([message('100.000000')], [], who)).toEqual({ any: false, calls: 0 });
  expect(unreadIn([message('100.000001')], [], who)).toEqual({ any: true, calls: 0 });
});

it('counts neither their own messages, nor what they alone see, nor replies', () => {
  expect(isNews(message('101.000000', { user: 'U2' }), 'U2', who.readUpTo)).toBe(false);
  expect(isNews(message('101.000000', { ephemeral: true }), 'U2', who.readUpTo)).toBe(false);
  expect(isNews(message('101.000000', { threadTs: '50.000000' }), 'U2', who.readUpTo)).toBe(false);
  expect(isNews(message('101.000000', { threadTs: '101.000000' }), 'U2', who.readUpTo)).toBe(true);
});

it('counts what calls them, of this channel and since', () => {
  const rings = [ring, { ...ring, ts: '100.000000' }, { ...ring, channel: 'C2' }];
  expect(unreadIn([], rings, who)).toEqual({ any: true, calls: 1 });
});

it('writes no large numbers', () => {
  expect([badgeOf(1), badgeOf(9), badgeOf(10)]).toEqual(['1', '9', '9+']);
});
