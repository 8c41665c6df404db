import { expect, test } from 'vitest';
import { BASE, complaints, load } from './files.js';

test('how much one person may ask for is as it is written, else the default, and known by its place', () => {
  expect(load(BASE).limits).toMatchObject({ pendingPerPerson: 10, requestsPerMinute: 10 });
  const { limits } = load(`${BASE}limits: { pending_per_person: 3 }\n`);
  expect(limits).toMatchObject({ pendingPerPerson: 3, requestsPerMinute: 10 });
  expect(limits.origins).toMatchObject([
    { key: 'limits.pending_per_person', value: '3', line: 4 },
    { key: 'limits.requests_per_minute', value: '10', file: null },
  ]);
});

test('what can be no limit is refused with its line', () => {
  expect(
    complaints(`${BASE}limits: { pending_per_person: 0, requests_per_minute: many, pending: 3 }\n`),
  ).toEqual([
    'hallpass.yaml:4:31 limits.pending_per_person: "0" is not a whole number from 1 to 1000',
    'hallpass.yaml:4:55 limits.requests_per_minute: "many" is not a whole number from 1 to 1000',
    expect.stringMatching(/^hallpass.yaml:4:61 limits.pending: unknown key/),
  ]);
});
