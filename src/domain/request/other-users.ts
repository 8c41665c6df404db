/** The logins that can use a grant beside the one that received it. Pure. */

/** Another login that can use a grant because it is a member of the login that received it. */
export interface OtherUser {
  readonly oid: number;
  readonly name: string;
}

/** How many of them are kept with a request. Any others count only as long as they are members. */
const MOST_USERS = 1_000;

/** Those known and those seen, each once. Returns the same array when none is new. */
export function addUsers(known: readonly OtherUser[], seen: readonly OtherUser[]): readonly OtherUser[] {
  const news = newUsers(known, seen).slice(0, Math.max(0, MOST_USERS - known.length));
  return news.length === 0 ? known : [...known, ...news];
}

/** Those seen that are not yet known. */
export function newUsers(known: readonly OtherUser[], seen: readonly OtherUser[]): readonly OtherUser[] {
  const oids = new Set(known.map(({ oid }) => oid));
  return seen.filter(({ oid }) => !oids.has(oid));
}
