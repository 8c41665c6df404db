/**
 * Works on the server that is known, and on no other. A server that may be a copy is worked on as well: whatever is due is
 * revoked there, but nothing that it answers is a proof.
 */
import { byPair, pairKey } from '../../domain/postgres/memberships.js';
import { describeServer, type ServerIdentity } from '../../domain/postgres/server-identity.js';
import { HallpassError } from '../../errors.js';
import type { Queryable } from '../../ledger/pool.js';
import { forgetChecked, type TargetRow } from '../../ledger/targets/targets.js';
import { TargetError } from '../../postgres/errors.js';
import type { Target, ToEnd } from '../../postgres/target.js';
import type { Deps } from '../deps.js';
import { namesOf } from '../telling/operators.js';

export function onKnownServer(
  { db, config }: Pick<Deps, 'db' | 'config'>,
  name: string,
  target: Target,
  { known, stranger }: Pick<TargetRow, 'known' | 'stranger'>,
): Target {
  if (known === null) return target;
  if (stranger === null) return comparedWhenMoved(db, name, target.on(known));
  const sessions = owed.get(target) ?? new Map<string, ToEnd>();
  owed.set(target, sessions);
  return withoutProof(target.on(stranger), sessions, mayBeCopy(namesOf(config, name).targetName, stranger));
}

export function mayBeCopy(targetName: string, stranger: ServerIdentity): HallpassError {
  return new HallpassError(
    `Another server answers at ${targetName}’s address (${describeServer(stranger)}). It may be a failover or a copy: nothing that it shows is a proof, and nothing is granted there, until an operator says which.`,
    { passing: true, nextStep: 'Operators: run `hallpass recover --replaced` with the name of the target.' },
  );
}

/** When another server answers, everything is compared at once, to tell what became of the known one. */
function comparedWhenMoved(db: Queryable, name: string, target: Target): Target {
  const watched = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch(async (thrown: unknown) => {
      if (thrown instanceof TargetError && thrown.kind === 'other_server') await forgetChecked(db, name);
      throw thrown;
    });
  return {
    ...target,
    grant: (...args) => watched(target.grant(...args)),
    extend: (...args) => watched(target.extend(...args)),
    revoke: (...args) => watched(target.revoke(...args)),
    endSessions: (...args) => watched(target.endSessions(...args)),
  };
}

/** For each target, sessions still to be ended on servers that may be copies. */
const owed = new WeakMap<Target, Map<string, ToEnd>>();

/**
 * After a failover it is right to revoke there what is due; on a copy, that removes nothing anyone should have.
 * @param sessions those that are still to be ended there.
 */
function withoutProof(target: Target, sessions: Map<string, ToEnd>, error: HallpassError): Target {
  const refuse = () => Promise.reject(error);
  return {
    ...target,
    grant: refuse,
    extend: refuse,
    writeAnchor: refuse,
    async revoke(server, pairs) {
      const answers = await target.revoke(server, pairs);
      // The sessions of a login that was no member there are its own.
      for (const { outcome, roleOid, memberOid } of answers) {
        if (outcome !== 'gone') continue;
        const all = { sessions: 'all', setRole: true, users: [], before: null } as const;
        sessions.set(pairKey({ roleOid, memberOid }), { roleOid, memberOid, ...all });
      }
      await endOwed(target, server, sessions);
      return answers.map((answer) => {
        const { roleOid, memberOid } = answer;
        return answer.outcome === 'failed' ? answer : { roleOid, memberOid, outcome: 'failed', error };
      });
    },
  };
}

/** What can't be ended now is tried again with the next revocation. */
async function endOwed(target: Target, server: string, sessions: Map<string, ToEnd>): Promise<void> {
  if (sessions.size === 0) return;
  const answers = byPair(await target.endSessions(server, [...sessions.values()]));
  for (const [pair, answer] of answers) {
    const owing = sessions.get(pair);
    if (answer.outcome === 'ended') sessions.delete(pair);
    else if (answer.outcome === 'open' && owing) sessions.set(pair, { ...owing, before: answer.before });
  }
}
