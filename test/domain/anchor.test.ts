import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  type Anchor,
  formatAnchor,
  isSigned,
  parseAnchor,
  signAnchor,
} from '../../src/domain/audit/anchor.js';
import { MAX_ID, parseRequestName, requestName } from '../../src/domain/request/request.js';

const KEY = randomBytes(32);
const HERE = { target: 'shop', server: '7713237684607714781' };
const REACH = { seq: 20, hash: 'ab'.repeat(32), lastId: 1020 };

function parsed(text: string): Anchor {
  const anchor = parseAnchor(text);
  if (anchor === null || anchor === 'garbled') throw new Error(`${text} is no anchor`);
  return anchor;
}

test('an anchor comes back as it was signed, within a name of Postgres', () => {
  const longest = { seq: Number.MAX_SAFE_INTEGER, hash: 'f'.repeat(64), lastId: MAX_ID };
  for (const reach of [REACH, longest, { ...REACH, seq: 0, lastId: 0 }]) {
    const text = formatAnchor(signAnchor(reach, KEY, HERE));
    expect(Buffer.byteLength(text)).toBeLessThan(64);
    expect(parsed(text)).toMatchObject({
      seq: reach.seq,
      lastId: reach.lastId,
      hash: reach.hash.slice(0, 16),
    });
    expect(isSigned(parsed(text), KEY, HERE)).toBe(true);
  }
});

test('nothing of it can be changed, and none counts elsewhere', () => {
  const anchor = signAnchor(REACH, KEY, HERE);
  for (const change of [{ seq: 21 }, { hash: 'cd'.repeat(8) }, { lastId: 999_999 }, { code: null }]) {
    expect(isSigned({ ...anchor, ...change }, KEY, HERE)).toBe(false);
  }
  expect(isSigned(anchor, randomBytes(32), HERE)).toBe(false);
  expect(isSigned(anchor, KEY, { ...HERE, target: 'vault' })).toBe(false);
  expect(isSigned(anchor, KEY, { ...HERE, server: '7' })).toBe(false);
});

test('one of the release before is understood, and says that it is not signed', () => {
  const text = `hallpass-ledger:20:${'ab'.repeat(8)}:1020`;
  expect(parseAnchor(text)).toEqual({ seq: 20, hash: 'ab'.repeat(8), lastId: 1020, code: null });
  expect(isSigned(parsed(text), KEY, HERE)).toBe(false);
});

test.each([
  `hallpass-ledger:20:${'ab'.repeat(8)}:999999999999999`,
  `hallpass-ledger:${'9'.repeat(30)}:${'ab'.repeat(8)}:7`,
  `hp2:zzzzzzzzzzz:${'ab'.repeat(8)}:a:${'x'.repeat(20)}`,
  `hp2:1:${'ab'.repeat(8)}:zzzzzzzz:${'x'.repeat(20)}`,
  'hp2:',
])('%s is garbled', (text) => {
  expect(parseAnchor(text)).toBe('garbled');
});

test('what is not ours is none, and every id that may be given out can be read again', () => {
  expect(parseAnchor('psql')).toBeNull();
  expect(parseRequestName(requestName(MAX_ID + 1_000_000))).toBe(MAX_ID + 1_000_000);
});
