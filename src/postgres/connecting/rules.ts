/** The table of refused connections (src/connections/refused), as errors of a target. */
import { type Rule, type Told, tellBy, withWords } from '../../connections/refused/rules.js';
import { TargetError } from '../errors.js';

/** null: no rule fits. */
export function tellTargetBy<P>(rules: readonly Rule<P>[], error: Error, place: P): TargetError | null {
  const told = tellBy(rules, error, place);
  return told === null ? null : toError(told, error);
}

/** The error's own words follow the sentence, in brackets. */
export function errorOf(told: Told, error: Error): TargetError {
  return toError(withWords(told, error), error);
}

export function toError({ kind, sentence, nextStep }: Told, error: Error): TargetError {
  return new TargetError(
    { kind, scope: 'target', passing: kind === 'unreachable', sentence, nextStep },
    error,
  );
}
