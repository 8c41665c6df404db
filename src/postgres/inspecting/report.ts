/** Puts together, for each grant, what was read of its window in the databases that concern it. Pure. */
import { type ChangeFact, type Changes, MAX_LISTED, type Unread } from '../../domain/postgres/preview.js';
import type { Change, ConcernedDatabase } from './changes.js';
import { choose } from './choose.js';
import { cut } from './words.js';

/** What is to be read about one grant. */
export interface Plan {
  readonly read: readonly string[];
  readonly unread: readonly Unread[];
  /** Known for every database, read or not. */
  readonly concerned: readonly ConcernedDatabase[];
}

/** @param concerned null: the grant was made on another server, and nothing here is about it. */
export function planFor(home: string, concerned: readonly ConcernedDatabase[] | null): Plan {
  if (concerned === null) {
    const why = 'it is another server than the one on which the role was granted';
    return { read: [], unread: [{ name: 'everything', why }], concerned: [] };
  }
  const { chosen, unread } = choose(home, concerned);
  return { read: chosen, unread, concerned };
}

/** What one database answered. */
export interface FoundChanges {
  readonly name: string;
  readonly rows: readonly Change[];
  readonly unread: Unread | null;
}

/** @param n the grant's place in the batch, from 0. */
export function toChanges(
  { read, unread, concerned }: Plan,
  answers: readonly FoundChanges[],
  n: number,
): Changes {
  const found = answers.filter(({ name }) => read.includes(name));
  const allUnread = [...unread, ...found.flatMap((one) => one.unread ?? [])];
  const seen = found.map(({ name, rows }) => ({ name, rows: rows.filter((row) => row.n === n) }));
  const unseen = concerned.filter(
    ({ name, fresh }) => fresh > 0 && allUnread.some((missed) => missed.name === name),
  );
  const facts = [
    ...unseen.map(notLookedInto),
    ...seen.flatMap(({ name, rows }) =>
      rows.map(({ what, names, shared }) => ({ database: shared ? null : name, what: cut(what), names })),
    ),
  ];
  const total =
    unseen.reduce((sum, { fresh }) => sum + fresh, 0) +
    seen.reduce((sum, { rows }) => sum + (rows[0]?.total ?? 0), 0);
  return {
    total,
    facts: facts.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_LISTED),
    unread: allUnread.slice(0, MAX_LISTED),
  };
}

function notLookedInto({ name, fresh }: ConcernedDatabase): ChangeFact {
  const what = fresh === 1 ? '1 object or grant' : `${fresh} objects or grants`;
  return { database: name, what: `${what} of the login or of the role, not looked into`, names: 'login' };
}

function rank({ names }: ChangeFact): number {
  return names === 'login' ? 0 : names === 'role' ? 1 : 2;
}
