/** What operators read of a configuration that was read again. */
import { expect, test } from 'vitest';
import { describeChanges } from '../../src/config/changes/describe-changes.js';
import { connected, load } from './files.js';

const role = (settings: string) => load(connected(`roles: { r: { ${settings} } }`));

test.each([
  ['approvals: { from: dba, count: 2 }', 'approvers'],
  ['more: { over: 2h, from: dba }', 'more'],
  ['quiet: U0123456786', 'quiet'],
  ['notify: approvers', 'notify'],
  ['on_call: { slack: dba }', 'on_call'],
  ['automatic: { max: 30m, max_danger: read }', 'automatic'],
  ['repeat: 7d', 'repeat'],
  ['extend: { times: 1 }', 'extend'],
  ['escalate: { after: 1h, page: true }', 'escalate'],
  ['break_glass: { who: dba, review: dba }', 'break_glass'],
  ['reason: optional', 'reason'],
  ['reason: { pattern: x }', 'reason'],
  ['deny_reason: required', 'deny_reason'],
  ['pending_timeout: 2h', 'pending_timeout'],
  ['max: 8h', 'durations'],
  ['requesters: dba', 'requesters'],
  ['max_danger: read', 'max_danger'],
  ['grace: 1m', 'sessions'],
])('%s is told', (settings, word) => {
  const [before, after] = [role(''), role(settings)];
  expect(describeChanges(before, after)).toEqual([`1 role changed on shop (${word})`]);
  expect(before.hash).not.toBe(after.hash);
  expect(role(settings).hash).toBe(after.hash);
});
