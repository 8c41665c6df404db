/** What is being revoked on a target, and what is overdue. */
import { sayDuration } from '../../../domain/duration.js';
import { readLate } from '../../../ledger/messages/overdue.js';
import type { Queryable } from '../../../ledger/pool.js';
import { readUnprovedStrays, type UnprovedStray } from '../../../ledger/targets/open-strays.js';
import { plural } from '../../../surfaces/kit/words.js';
import { OVERDUE_MS } from '../../telling/overdue.js';
import { type Finding, failure, note } from '../finding.js';

/** Memberships that are shown one by one. */
const SHOWN = 10;

/** @throws what the ledger throws. */
export async function checkOverdue(db: Queryable, key: string): Promise<readonly Finding[]> {
  const [late, strays] = await Promise.all([readLate(db, key, OVERDUE_MS), readUnprovedStrays(db, key)]);
  return [...(late === null ? [] : [describeLate(late)]), ...strays.slice(0, SHOWN).map(describeStray)];
}

function describeLate({
  grants,
  since,
  trouble,
}: NonNullable<Awaited<ReturnType<typeof readLate>>>): Finding {
  const what = `${plural(grants, 'revocation')} ${grants === 1 ? 'is' : 'are'} overdue`;
  const because = trouble === null ? '' : ` What keeps Hallpass from it: ${trouble}`;
  return failure(
    'memberships',
    `${what}, the first since ${since.toISOString()}: access that has ended may still work.${because}`,
    trouble === null
      ? 'Start Hallpass, if none runs: it revokes at once. Its log says what keeps it from doing so.'
      : 'Correct that; Hallpass tries again each second while it runs.',
  );
}

const WHY = {
  leftover: 'it is there although its request has ended',
  late: 'it was granted after the end of its request',
  orphan: 'no request explains it',
} as const;

function describeStray({ kind, role, login, trouble, ageMs }: UnprovedStray): Finding {
  const since = ageMs < OVERDUE_MS ? '' : `, for ${sayDuration(ageMs)} by now`;
  const says = `Hallpass is revoking ${role} of ${login}${since}: ${WHY[kind]}.`;
  if (trouble !== null) {
    const nextStep = 'Correct that; Hallpass tries again while it runs.';
    return failure('memberships', `${says} What keeps it: ${trouble}`, nextStep);
  }
  if (ageMs < OVERDUE_MS) return note('memberships', says);
  return failure('memberships', says, 'Start Hallpass, if none runs.');
}
