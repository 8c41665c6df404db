import { expect, test } from 'vitest';
import { caretAt } from './caret.js';

/** The character of `line` above the caret. */
function pointed(sql: string, position: number): string {
  const drawn = caretAt(sql, position);
  return drawn === null ? 'nowhere' : ([...drawn.line][drawn.caret.length - 1] ?? 'behind it');
}

test('the caret stands below the place, in its line', () => {
  expect(caretAt('select *\n\tfrom nowhere;', 16)).toEqual({
    line: 'LINE 2:  from nowhere;',
    caret: '              ^',
  });
  expect(pointed('select nope', 8)).toBe('n');
  expect(pointed("select '🦊ü', nope", 14)).toBe('n');
});

test('the end of the text is a place, what lies beyond it is none', () => {
  expect(caretAt('select', 7)).toEqual({ line: 'LINE 1: select', caret: '              ^' });
  for (const position of [0, -1, 8, 1.5, Number.NaN]) expect(caretAt('select', position)).toBeNull();
});

test('of a long line, what is around the place is shown', () => {
  const long = `select ${'a, '.repeat(100)}nope, ${'b, '.repeat(100)}c`;
  const position = [...long].indexOf('n') + 1;
  expect(pointed(long, position)).toBe('n');
  expect(caretAt(long, position)?.line).toMatch(/^LINE 1: \.\.\..{60}\.\.\.$/);
  expect(caretAt(long, 1)?.line).toMatch(/^LINE 1: select a, .*\.\.\.$/);
  expect(pointed(long, long.length)).toBe('c');
});
