import { expect, it } from 'vitest';
import { checkBlocks } from '../../sandbox/slack/validate/message.js';
import { approveFor, parseApproveFor } from '../../src/surfaces/request/approve-for.js';
import { card } from '../../src/surfaces/request/card.js';
import { aRequest } from '../domain/a-request.js';
import { SITUATIONS, scene } from './samples.js';

const MINUTE = 60_000;
const minutes = (...all: readonly number[]) => all.map((each) => each * MINUTE);
const offers = (request: Parameters<typeof approveFor>[0], durationsMs: readonly number[]) =>
  approveFor(request, durationsMs)?.options?.map(({ text, value }) => `${text.text} = ${value}`);

it('offers the durations of the policy that are shorter than what was asked for', () => {
  expect(offers(aRequest(), minutes(15, 30, 60, 240))).toEqual([
    'Approve for 15 minutes = R-1042:15m',
    'Approve for 30 minutes = R-1042:30m',
  ]);
  expect(offers(aRequest({ durationMs: 90 * MINUTE }), minutes(60, 240))).toEqual([
    'Approve for 1 hour = R-1042:1h',
  ]);
});

it('is not there when none is shorter, or the role is no longer offered', () => {
  expect(approveFor(aRequest(), minutes(60, 240))).toBeNull();
  expect(approveFor(aRequest(), [])).toBeNull();
});

it('offers no more than Slack takes: the shortest, the longest and some between them', () => {
  const many = Array.from({ length: 20 }, (_, i) => (i + 1) * MINUTE);
  const said = offers(aRequest(), many);
  expect(said?.map((each) => each.replace(/^.*:/, ''))).toEqual(['1m', '6m', '11m', '15m', '20m']);
});

it('stands beside Approve and Deny while it waits, and Slack takes it', () => {
  const facts = { first: false, preview: null, missing: [] };
  const on = { ...scene, durationsMs: minutes(15, 30) };
  const kinds = (situation: 'pending' | 'active') =>
    card(SITUATIONS[situation], on, facts).blocks.flatMap((block) =>
      block.type === 'actions' ? block.elements.map(({ type }) => type) : [],
    );
  expect(kinds('pending')).toEqual(['button', 'button', 'overflow']);
  expect(kinds('active')).toEqual(['button', 'button']);
  expect(checkBlocks(card(SITUATIONS.pending, on, facts).blocks)).toMatchObject({ ok: true });
});

it.each([
  ['R-1042:15m', { requestId: 'R-1042', forMs: 15 * MINUTE }],
  ['R-1042:1h30m', { requestId: 'R-1042', forMs: 90 * MINUTE }],
])('reads what the menu writes: %s', (value, read) => {
  expect(parseApproveFor(value)).toEqual(read);
});

it.each([
  '',
  ':',
  'R-1042',
  'R-1042:',
  'R-1042:0s',
  'R-1042:90m',
  'R-1042: 15m',
  'R-1042:15M',
  'R-1042:15min',
  'R-01042:15m',
  'O-12:15m',
  'R-1042:15m:15m',
  'R-1042:99999999d',
  'R-1042:15m\n',
])('reads nothing else: %j', (value) => {
  expect(parseApproveFor(value)).toBeNull();
});
