import { useTopic } from '../../use-feed.js';
import { AlarmsFact } from './alarms.js';
import { AuditFact } from './audit.js';
import { GrantsFact } from './grants.js';
import { MembershipsFact } from './memberships.js';
import './truth.css';

/** What Postgres and the ledger hold, whatever Slack shows. */
export function TruthStrip() {
  const truth = useTopic('truth');
  return (
    <section className="db-truth" aria-label="What is true">
      <h2>What is true</h2>
      {truth === null ? (
        <p className="db-more">Looking …</p>
      ) : (
        <>
          <GrantsFact told={truth.grants} />
          <MembershipsFact name="Shop" told={truth.memberships.shop} />
          <MembershipsFact name="Vault" told={truth.memberships.vault} />
          <AlarmsFact told={truth.alarms} />
          <AuditFact told={truth.audit} />
        </>
      )}
    </section>
  );
}
