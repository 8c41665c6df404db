/**
 * How an error gets its sentence when no session could be had, on a target or on the ledger's server. The first rule
 * whose pattern fits "CODE: message" (or the message alone) counts.
 */
/** What we tried to reach. */
export interface RefusedAt {
  readonly host: string;
  /** As sentences name it: "db.example:5432", "the bastion gate (gate.example:22)". */
  readonly server: string;
}

/** How we tried. */
export interface Login {
  readonly host: string;
  readonly database: string;
  readonly user: string;
  readonly tls: string;
  readonly ca: string | null;
  readonly cert: string | null;
  readonly iam: { readonly region: string } | null;
}

/** How to change the connection: each is the beginning of a sentence, or what to write. */
export interface SettingNames {
  readonly point: string;
  readonly password: string;
  readonly database: string;
  readonly ca: string;
  readonly cert: string;
  readonly iam: string;
  readonly tlsOn: string;
  readonly tlsAnyName: string;
  readonly tlsOff: string;
}

export interface Attempt extends RefusedAt {
  readonly connect: Login;
  readonly set: SettingNames;
}

export interface Asked extends Attempt {
  /** The CN of our client certificate; null without one. */
  readonly certificateName: string | null;
}

export interface Told {
  readonly kind: 'unreachable' | 'login_refused' | 'standby';
  readonly sentence: string;
  readonly nextStep: string;
}

/** @param words what the groups of the pattern caught; undefined for a group that took no part. */
export type Rule<P> = readonly [
  pattern: RegExp,
  tell: (place: P, words: readonly (string | undefined)[], error: Error) => Told,
];

/** It may pass without anybody changing anything. */
export function unreachable(sentence: string, nextStep: string): Told {
  return { kind: 'unreachable', sentence, nextStep };
}

/** It stays that way until somebody changes something. */
export function refused(sentence: string, nextStep: string): Told {
  return { kind: 'login_refused', sentence, nextStep };
}

/** Says the sentence and the next step. */
type Say<P> = (...about: Parameters<Rule<P>[1]>) => Parameters<typeof unreachable>;

export function unreachableIf<P>(pattern: RegExp, say: Say<P>): Rule<P> {
  return [pattern, (...about) => unreachable(...say(...about))];
}

export function refusedIf<P>(pattern: RegExp, say: Say<P>): Rule<P> {
  return [pattern, (...about) => refused(...say(...about))];
}

/** null: no rule fits. */
export function tellBy<P>(rules: readonly Rule<P>[], error: Error, place: P): Told | null {
  const own = ownWords(error);
  for (const [pattern, tell] of rules) {
    const found = pattern.exec(own);
    if (found !== null) return withWords(tell(place, found.slice(1), error), error);
  }
  return null;
}

/** The error's own words follow the sentence, in brackets. */
export function withWords(told: Told, error: Error): Told {
  return { ...told, sentence: `${told.sentence} (${ownWords(error)})` };
}

function ownWords(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return [code, error.message].filter((part) => part !== '').join(': ');
}
