import type { Audit, Told } from '../../../api-database.js';
import { Fact } from './fact.js';

/** How far the audit chain goes, and its last events. */
export function AuditFact({ told }: { readonly told: Told<Audit> }) {
  return (
    <Fact
      title="Audit chain"
      told={told}
      sum={({ count }) => (count === 1 ? '1 event' : `${count.toLocaleString('en-US')} events`)}
    >
      {({ last }) => (
        <ol className="db-chain">
          {last.map(({ seq, kind, request, at, hash }) => (
            <li key={seq}>
              <span className="db-seq">{seq}</span>
              <span className="db-what">
                {kind} {request !== null && <b>{request}</b>}
              </span>
              <time dateTime={new Date(at).toISOString()}>{new Date(at).toLocaleTimeString('en-GB')}</time>
              <code title="How its hash begins: it covers the one before">{hash}…</code>
            </li>
          ))}
        </ol>
      )}
    </Fact>
  );
}
