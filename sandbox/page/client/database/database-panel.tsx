import type { CastMember } from '../../api.js';

/** The console of the engineer's own login, and what Postgres and the ledger say. */
export function DatabasePanel({ played }: { readonly played: CastMember | null }) {
  return <section aria-label="Database">{played?.login}</section>;
}
