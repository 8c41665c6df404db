import type { Grant, Grants, OpenState, Told } from '../../../api-database.js';
import { Fact } from './fact.js';
import { remaining } from './remaining.js';
import { useNow } from './use-now.js';

const STATES = ['active', 'granting', 'ending', 'pending'] as const satisfies readonly OpenState[];

/** The open requests in the ledger, and how long each has. */
export function GrantsFact({ told }: { readonly told: Told<Grants> }) {
  const now = useNow();
  return (
    <Fact title="The ledger" told={told} sum={({ counts }) => sumOf(counts)}>
      {({ rows, counts }) => {
        const more = STATES.reduce((sum, state) => sum + counts[state], 0) - rows.length;
        return (
          <>
            {rows.length === 0 && <p className="db-more">Nothing is granted, and nothing waits.</p>}
            <ul className="db-grants">
              {rows.map((grant) => (
                <li key={grant.id}>
                  <span className="db-badge" data-state={grant.state}>
                    {grant.state}
                  </span>
                  <span className="db-what">
                    <b>{grant.id}</b> {grant.role} to {grant.login} on {grant.target}
                  </span>
                  <span className="db-until">{untilWords(grant, now)}</span>
                </li>
              ))}
            </ul>
            {more > 0 && <p className="db-more">and {more.toLocaleString('en-US')} more</p>}
          </>
        );
      }}
    </Fact>
  );
}

function sumOf(counts: Grants['counts']): string {
  const some = STATES.filter((state) => counts[state] > 0);
  return (
    some.map((state) => `${counts[state].toLocaleString('en-US')} ${state}`).join(', ') || 'nothing open'
  );
}

function untilWords({ state, until, trouble }: Grant, now: number): string {
  if (trouble !== null) return trouble;
  if (until === null) return state === 'ending' ? 'being revoked' : 'being granted';
  if (state === 'active') return until > now ? `${remaining(until - now)} left` : 'time is up';
  return `lapses in ${remaining(until - now)}`;
}
