import { expect, test } from 'vitest';
import { describeMove, type KnownServer, standingOf } from '../../src/domain/postgres/server-identity.js';

const KNOWN: KnownServer = {
  id: '7',
  timeline: 1,
  startedAt: 1_000,
  lsn: 500,
  anchor: 20,
  standbys: [900, 1_100],
};

test.each([
  ['the same postmaster, however far', {}, 'same'],
  ['the same postmaster, as a slower look saw it', { lsn: 400 }, 'same'],
  ['a restart', { startedAt: 2_000, lsn: 500 }, 'restarted'],
  ['a restart of a server that does not tell its log', { startedAt: 2_000, lsn: null }, 'restarted'],
  ['a copy from before', { startedAt: 2_000, lsn: 499 }, 'unknown'],
  ['a copy from before that went on', { startedAt: 2_000, lsn: 900, anchor: 19 }, 'unknown'],
  ['a restart after somebody erased the anchor', { startedAt: 2_000, lsn: 900, anchor: null }, 'restarted'],
  [
    'a known standby, promoted, however much it lost',
    { timeline: 2, startedAt: 1_100, lsn: 1 },
    'failed_over',
  ],
  ['a standby that nobody knows, promoted', { timeline: 2, startedAt: 1_200, lsn: 900 }, 'unknown'],
  ['the former primary, come back', { timeline: 0, startedAt: 900, lsn: 900 }, 'unknown'],
  ['another server', { id: '8', startedAt: 1_000 }, 'other'],
] as const)('%s', (_, seen, standing) => {
  expect(standingOf(KNOWN, { ...KNOWN, ...seen })).toBe(standing);
});

test('what came between is said', () => {
  expect(describeMove('failed_over', KNOWN, { timeline: 2 })).toBe('a failover from timeline 1 to 2');
  expect(describeMove('unknown', KNOWN, { timeline: 1 })).toBe('a restore, or a move to a copy');
});
