import { expect, test } from 'vitest';
import { crashPoints, testedPoints } from './points.js';

const points = crashPoints('src');
const names = points.map(({ name }) => name);

test('each crash point has a name of its own, and a test; no test names one that is gone', () => {
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  expect([...testedPoints()].toSorted()).toEqual(names.toSorted());
});

test('the build has each of them before the same line', () => {
  // Types are gone there: the first two words of a line are not.
  const words = (line: string) => line.match(/\w+/g)?.slice(0, 2);
  const placed = (folder: 'src' | 'dist') =>
    crashPoints(folder).map(({ name, file, next }) => ({ name, file, next: words(next) }));
  expect(placed('dist')).toEqual(placed('src'));
});
