import { isWorthAsking } from '../../domain/policy/evaluate.js';
import { explained, type Told } from '../../surfaces/terminal/explain.js';

/** The answer for programs; durations in seconds, times in UTC. */
export function facts(told: Told): object {
  const { evaluation, personId, targetName, role, login, wishedMs, at, danger, policy, unasked } = told;
  return {
    person: personId,
    target: targetName,
    role,
    login,
    at,
    seconds: seconds(wishedMs),
    verdict: evaluation.verdict,
    ok: isWorthAsking(evaluation),
    danger: danger?.ok === true ? danger.preview.danger : null,
    ...detailsOf(evaluation),
    extend:
      policy === null ? null : { times: policy.extend.times, totalSeconds: seconds(policy.extend.totalMs) },
    idleSeconds: seconds(told.idleMs),
    unasked,
    says: explained(told)
      .flat()
      .map((line) => line.trim()),
  };
}

function detailsOf(evaluation: Told['evaluation']): object {
  if (evaluation.verdict === 'refuse') return { because: evaluation.obstacles };
  const { unsure, inEmergency } = evaluation;
  const rest = { unsure, inEmergency: inEmergency === true };
  if (evaluation.verdict === 'allow') {
    const { rule, through, forMs } = evaluation;
    return { rule, through, grantedSeconds: seconds(forMs), ...rest };
  }
  const { needs, enough, cant, unread, sizes, steps, lapsesAt, shorterMs } = evaluation.asked;
  return {
    enough,
    needs: needs.map(({ rule: { from, count }, because, can }) => ({ count, from, because, can })),
    groups: sizes.map(([group, people]) => ({ ...group, people })),
    cantDecide: cant.map(([person, because]) => ({ person, because })),
    unread,
    steps: steps.map(({ at, step: { remind, to, page } }) => ({ at, remind, to, page })),
    lapsesAt,
    shorterSeconds: shorterMs.map(seconds),
    ...rest,
  };
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 1_000);
}
