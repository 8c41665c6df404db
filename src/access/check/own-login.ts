/** Whether Hallpass's own login, on a target or on the ledger's server, is about to be kept out. Pure. */

import type { OwnLogin } from '../../connections/own-login.js';
import { sayDuration } from '../../domain/duration.js';
import { quoteName } from '../../postgres/quote.js';
import { type Finding, failure, note } from './finding.js';

const DAY_MS = 24 * 60 * 60_000;
/** A password that expires sooner is to be changed now, milliseconds. */
const SOON_MS = 14 * DAY_MS;
/** Replicas of Hallpass that a limit should have room for: one that runs, and one that takes its place. */
const REPLICAS = 2;

/** How many connections one process of Hallpass opens. */
interface Connections {
  readonly least: number;
  readonly most: number;
}

/**
 * @param about what the server is to Hallpass.
 * @param least what one process of Hallpass can't do without; `most`: what it opens there, at most.
 */
export function describeOwnLogin(
  about: 'login' | 'ledger',
  { login, validMs, connectionLimit }: OwnLogin,
  { least, most }: Connections,
): readonly Finding[] {
  const name = quoteName(login);
  return [
    ...(validMs === null || validMs > SOON_MS
      ? []
      : [
          failure(
            about,
            validMs <= 0
              ? `The password of Hallpass’s own login ${login} has expired (VALID UNTIL): its next connection is refused.`
              : `The password of Hallpass’s own login ${login} expires in ${sayDuration(roughly(validMs))} (VALID UNTIL): then nothing is granted or revoked.`,
            `Set a new password, and a later day:\nALTER ROLE ${name} VALID UNTIL 'infinity';`,
          ),
        ]),
    ...(connectionLimit < 0 || connectionLimit >= most * REPLICAS
      ? []
      : [tooFew(about, login, connectionLimit, { least, most })]),
  ];
}

function tooFew(
  about: 'login' | 'ledger',
  login: string,
  limit: number,
  { least, most }: Connections,
): Finding {
  const says = `${login} may have ${limit === 1 ? '1 connection' : `${limit} connections`} (CONNECTION LIMIT), and each process of Hallpass opens up to ${most}`;
  const nextStep = `For ${REPLICAS} processes; more for more replicas:\nALTER ROLE ${quoteName(login)} CONNECTION LIMIT ${most * REPLICAS};`;
  return limit < least
    ? failure(about, `${says}: what is due waits for one that is free, or isn’t done.`, nextStep)
    : note(about, `${says}: ${REPLICAS} replicas, or an upgrade of one, may find none free.`, nextStep);
}

/** Minutes matter on the last day only. */
function roughly(ms: number): number {
  const unit = ms > DAY_MS ? DAY_MS : 60_000;
  return Math.max(unit, Math.floor(ms / unit) * unit);
}
