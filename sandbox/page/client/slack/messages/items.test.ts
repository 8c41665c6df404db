import { expect, it } from 'vitest';
import type { SeenMessage } from '../../../../slack/act/seen.js';
import { itemsOf, type Listing } from './items.js';
import { message } from './testing.js';

const NOON = Date.parse('2026-03-03T12:00:00Z') / 1000;
const ts = (seconds: number) => `${NOON + seconds}.000000`;

/** One letter an item: a day, the line above what is new, a message with its writer's name, one without. */
function shapeOf(messages: readonly SeenMessage[], more: Partial<Listing> = {}): string {
  const listing: Listing = {
    zone: 'UTC',
    now: NOON * 1000,
    self: 'U9',
    newSince: null,
    hasReplies: () => false,
    ...more,
  };
  return itemsOf(messages, listing)
    .map((item) => (item.kind === 'message' ? (item.first ? 'M' : 'm') : item.kind === 'day' ? 'D' : 'N'))
    .join('');
}

it('lists nothing', () => {
  expect(shapeOf([])).toBe('');
});

it('groups what one person wrote within five minutes', () => {
  expect(shapeOf([message(ts(0)), message(ts(200)), message(ts(501))])).toBe('DMmM');
  expect(shapeOf([message(ts(0)), message(ts(1), { user: 'U2' }), message(ts(2))])).toBe('DMMM');
});

it('lets what one person alone sees stand apart', () => {
  expect(shapeOf([message(ts(0)), message(ts(1), { ephemeral: true }), message(ts(2))])).toBe('DMMM');
});

it('names the writer again after a message with replies', () => {
  expect(shapeOf([message(ts(0)), message(ts(1))], { hasReplies: () => true })).toBe('DMM');
});

it('divides days in the zone of who reads', () => {
  const [evening, night] = [message(ts(-12 * 3600 - 100)), message(ts(-12 * 3600 + 100))];
  expect(shapeOf([evening, night])).toBe('DMDM');
  expect(shapeOf([evening, night], { zone: 'Europe/Amsterdam' })).toBe('DMm');
});

it('draws the line above the first that is new to them', () => {
  const messages = [message(ts(0)), message(ts(1), { user: 'U9' }), message(ts(2)), message(ts(3))];
  expect(shapeOf(messages, { newSince: ts(0) })).toBe('DMMNMm');
  expect(shapeOf(messages, { newSince: ts(3) })).toBe('DMMMm');
});
