/** How an error is given its sentence: the first rule whose pattern fits "CODE: message" (or the message alone). */
import type { Connect } from '../../config/config.js';
import { TargetError } from '../errors.js';

/** What was tried to be reached. */
export interface Place {
  readonly host: string;
  /** As sentences name it: "db.example:5432", "the bastion gate (gate.example:22)". */
  readonly server: string;
}

export interface Asked extends Place {
  readonly connect: Connect;
  /** For whom our client certificate is (its CN); null without one. */
  readonly certificateName: string | null;
}

export interface Told {
  readonly kind: 'unreachable' | 'login_refused' | 'standby';
  readonly sentence: string;
  readonly nextStep: string;
}

/** @param words what the groups of the pattern caught; undefined where a group took no part. */
export type Rule<P> = readonly [
  pattern: RegExp,
  tell: (place: P, words: readonly (string | undefined)[], error: Error) => Told,
];

/** It may pass with nothing changed by us. */
export function unreachable(sentence: string, nextStep: string): Told {
  return { kind: 'unreachable', sentence, nextStep };
}

/** It stays so until somebody changes something. */
export function refused(sentence: string, nextStep: string): Told {
  return { kind: 'login_refused', sentence, nextStep };
}

/** null: no rule fits. */
export function tellBy<P>(rules: readonly Rule<P>[], error: Error, place: P): TargetError | null {
  const own = ownWords(error);
  for (const [pattern, tell] of rules) {
    const found = pattern.exec(own);
    if (found !== null) return errorOf(tell(place, found.slice(1), error), error);
  }
  return null;
}

/** The error's own words follow the sentence, in brackets. */
export function errorOf({ kind, sentence, nextStep }: Told, error: Error): TargetError {
  const passing = kind === 'unreachable';
  return new TargetError(
    { kind, scope: 'target', passing, sentence: `${sentence} (${ownWords(error)})`, nextStep },
    error,
  );
}

function ownWords(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return [code, error.message].filter((part) => part !== '').join(': ');
}
