import { expect, test } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { explainRole } from '../../src/config/explain.js';
import { roleOn } from '../../src/config/lookup.js';
import { connected, load } from './files.js';

const FILE = connected(`max: 2h
    roles: { app_owner_ro: { max: 10m, about: Listed } }
    discover:
      - match: app_*_ro
        policy: read
        requesters: U0123456786
      - { match: "*", max_danger: read, allow_set_role: true }`).replace(
  'targets:',
  'policies: { read: { max: 1h, grace: 30s } }\ntargets:',
);

function onShop({ targets }: Config, role: string) {
  const shop = targets.get('shop');
  if (shop === undefined) throw new Error('the file has no target shop');
  return roleOn(shop, role);
}

test('what is discovered is resolved like a role', () => {
  const { discover = [] } = load(FILE).targets.get('shop') ?? {};
  expect(discover.map(({ match, like }) => [match, like.role, like.about])).toEqual([
    ['app_*_ro', 'app_*_ro', null],
    ['*', '*', null],
  ]);
  expect(discover.map(({ like: { policy, terms } }) => [policy.maxMs, policy.maxDanger, terms])).toEqual([
    [3_600_000, null, { sessions: 'auto', setRole: false, graceMs: 30_000, idleMs: null }],
    [7_200_000, 'read', { sessions: 'auto', setRole: true, graceMs: 10_000, idleMs: null }],
  ]);
});

test('one alone needs no list, nor a role beside it', () => {
  const target = load(connected('discover: { match: app_ro }')).targets.get('shop');
  expect([target?.roles.size, target?.discover.map(({ match }) => match)]).toEqual([0, ['app_ro']]);
});

test('a listed role wins, then the first that matches the whole name', () => {
  const config = load(FILE);
  const found = (role: string) => {
    const { about, policy } = onShop(config, role) ?? {};
    return [about, policy?.maxMs, policy?.maxDanger];
  };
  expect(found('app_owner_ro')).toEqual(['Listed', 600_000, null]);
  expect(found('app_shop_ro')).toEqual([null, 3_600_000, null]);
  expect(found('app_shop_rox')).toEqual([null, 7_200_000, 'read']);
  expect(onShop(config, 'app_shop_ro')?.role).toBe('app_shop_ro');

  const narrow = load(connected('discover: { match: "a.*" }'));
  expect(onShop(narrow, 'a.b')).not.toBeNull();
  expect(onShop(narrow, 'ab')).toBeNull();
});

test('its values are explained, too', () => {
  const lines = explainRole(load(FILE), 'shop/app_shop_ro')
    .replaceAll(/\S*hallpass\.yaml:/g, 'line ')
    .split('\n')
    .map((line) => line.split(/ {2,}/))
    .filter(([key]) =>
      ['policy', 'match', 'about', 'requesters', 'max', 'grace', 'sessions'].includes(key ?? ''),
    );
  expect(lines).toEqual([
    ['policy', 'read', 'line 11'],
    ['match', 'app_*_ro', 'line 10'],
    ['max', '1h', 'line 4'],
    ['requesters', 'U0123456786', 'line 12'],
    ['sessions', 'auto', 'default'],
    ['grace', '30s', 'line 4'],
  ]);
});
