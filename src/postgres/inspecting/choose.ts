/** Which databases of a server are looked into: each costs a connection, so not all of many. Pure. */

import { isPredefined } from '../../domain/postgres/predefined-roles.js';
import type { Unread } from '../../domain/postgres/preview.js';
import { reachesEverything } from './judge.js';
import type { Reach } from './reach.js';

/** The most databases that are looked into; the others are named. */
const MAX_DATABASES = 8;

export interface Choice {
  /** The configured database first. */
  readonly chosen: readonly string[];
  readonly unread: readonly Unread[];
}

/** Those that concern a role. */
export function chooseFor({ roles, databases }: Reach, home: string): Choice {
  // What a predefined role was granted is in no shared catalog, so it may be anywhere.
  const everything = roles.some((role) => reachesEverything(role) || (role.used && isPredefined(role.name)));
  return choose(
    home,
    databases.filter(({ objects, named, template }) => objects > 0 || named || (everything && !template)),
  );
}

/** The configured one, and the first of the others. */
export function choose(
  home: string,
  concerned: readonly { readonly name: string; readonly mayRead: boolean }[],
): Choice {
  const others = concerned.filter(({ name }) => name !== home);
  const readable = others.filter(({ mayRead }) => mayRead).map(({ name }) => name);
  return {
    chosen: [home, ...readable.slice(0, MAX_DATABASES - 1)],
    unread: [
      ...others.filter(({ mayRead }) => !mayRead).map(({ name }) => ({ name, why: 'no CONNECT' })),
      ...readable.slice(MAX_DATABASES - 1).map((name) => ({ name, why: 'too many databases' })),
    ],
  };
}
