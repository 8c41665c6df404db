import { expect, it } from 'vitest';
import { alone, beside, inRoom, type Place, play, readPlace, replace, writePlace } from './place.js';

const CAST = ['U1', 'U2', 'U3'];
const start: Place = { windows: [{ user: 'U1', room: null }], active: 0, panel: 'guide', open: true };
const split = beside(start, 'U2', 'C2');

it('begins with the first of the cast; the guide stands beside it where there is room', () => {
  expect(readPlace('', CAST, false)).toEqual(start);
  expect(readPlace('', CAST, true)).toEqual({ ...start, open: false });
});

it('is found again in the address', () => {
  for (const place of [
    start,
    split,
    { ...inRoom(split, 0, 'home'), panel: 'faults' as const, open: false },
  ]) {
    expect(readPlace(writePlace(place), CAST, false)).toEqual(place);
  }
});

it('takes nothing from the address that is not there', () => {
  expect(readPlace('#user=U9&user2=U1&active=2&panel=secrets', CAST, false)).toEqual(start);
});

it('plays somebody in the window where they are, or else in the one that is played', () => {
  expect(play(split, 'U1', null)).toEqual({ ...split, active: 0 });
  expect(play(split, 'U3', 'C3').windows).toEqual([split.windows[0], { user: 'U3', room: 'C3' }]);
  expect(play(start, 'U3', 'C3').windows).toEqual([{ user: 'U3', room: 'C3' }]);
});

it('shows nobody twice', () => {
  expect(beside(start, 'U1', null)).toBe(start);
  expect(replace(split, 0, 'U2', null)).toBe(split);
});

it('closes one of two windows', () => {
  expect(alone(split, 0).windows).toEqual([{ user: 'U2', room: 'C2' }]);
  expect(alone(split, 1)).toEqual(start);
  expect(alone(start, 0)).toEqual(start);
});
