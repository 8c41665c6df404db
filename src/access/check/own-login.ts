/** Is Hallpass's own login, on a target or on the ledger's server, about to be locked out? Pure. */

import type { OwnLogin } from '../../connections/own-login.js';
import { sayDuration } from '../../domain/duration.js';
import { quoteName } from '../../postgres/quote.js';
import { plural } from '../../surfaces/kit/words.js';
import { type Finding, failure, note } from './finding.js';

const DAY_MS = 24 * 60 * 60_000;
/** A password that expires sooner has to be changed now, milliseconds. */
const SOON_MS = 14 * DAY_MS;
/** A limit should have room for a process that runs and the one that replaces it. */
const REPLICAS = 2;

/** Connections that one process of Hallpass can't do without, and the most that it opens. */
interface Connections {
  readonly least: number;
  readonly most: number;
}

/** @param about what the server is to Hallpass. */
export function* describeOwnLogin(
  about: 'login' | 'ledger',
  { login, validMs, connectionLimit }: OwnLogin,
  { least, most }: Connections,
): Generator<Finding> {
  const name = quoteName(login);
  if (validMs !== null && validMs <= SOON_MS) {
    const password = `The password of Hallpass’s own login ${login}`;
    yield failure(
      about,
      validMs <= 0
        ? `${password} has expired (VALID UNTIL): its next connection is refused.`
        : `${password} expires in ${sayDuration(roughly(validMs))} (VALID UNTIL): then nothing is granted or revoked.`,
      `Set a new password, and a later day:\nALTER ROLE ${name} VALID UNTIL 'infinity';`,
    );
  }
  if (connectionLimit >= 0 && connectionLimit < most * REPLICAS) {
    const says = `${login} may have ${plural(connectionLimit, 'connection')} (CONNECTION LIMIT), and each process of Hallpass opens up to ${most}`;
    const nextStep = `For ${REPLICAS} processes; more for more replicas:\nALTER ROLE ${name} CONNECTION LIMIT ${most * REPLICAS};`;
    yield connectionLimit < least
      ? failure(about, `${says}: what is due waits for one that is free, or isn’t done.`, nextStep)
      : note(about, `${says}: ${REPLICAS} replicas, or an upgrade of one, may find none free.`, nextStep);
  }
}

/** Minutes matter only on the last day. */
function roughly(ms: number): number {
  const unit = ms > DAY_MS ? DAY_MS : 60_000;
  return Math.max(unit, Math.floor(ms / unit) * unit);
}
