import { expect, it } from 'vitest';
import { messageAt } from './permalink.js';

it('reads links to messages and to replies', () => {
  const link = 'https://sandbox.slack.com/archives/C0ACCESS/p1700000000000123';
  expect(messageAt(link)).toEqual({ channel: 'C0ACCESS', ts: '1700000000.000123', threadTs: null });
  expect(messageAt(`${link}?thread_ts=1700000000.000001&cid=C0ACCESS`)?.threadTs).toBe('1700000000.000001');
});

it('leaves other links alone', () => {
  expect(messageAt('https://example.com/orders')).toBeNull();
  expect(messageAt('/archives/C0ACCESS/p1700000000000123')).toBeNull();
});
