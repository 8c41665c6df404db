/** Why sessions, or a server that can't be asked, keep a grant from having ended: in words. */
import { SESSION_RIGHTS } from '../../domain/postgres/predefined-roles.js';
import { TargetError } from '../errors.js';
import { roleSql } from '../quote.js';
import { grantRightsSql } from '../reading/rights.js';
import type { SeenSessions, Session } from './sessions.js';

/** The sessions of one grant that are still open on one server. */
export interface StillOpen {
  /** As people know it. */
  readonly server: string;
  readonly sessions: readonly Session[];
  readonly memberOid: number;
  /** Names by OID, and which of them are superusers now. */
  readonly names: ReadonlyMap<number, { readonly name: string | null; readonly isSuperuser: boolean }>;
  readonly seen: Pick<SeenSessions, 'server' | 'mayEnd' | 'maySee'>;
  /** The server's errors for sessions that it was asked to end, by process id. */
  readonly refused: ReadonlyMap<number, TargetError>;
}

/** Names in a sentence; the rest is counted. */
const MOST_NAMES = 3;

/** Of several reasons, it gives the one that waiting doesn't cure. */
export function stillOpen(open: StillOpen): TargetError {
  const { server, sessions, names, seen, refused } = open;
  const superuser = sessions.flatMap(({ memberOid }) => {
    const login = names.get(memberOid);
    return login?.isSuperuser && login.name !== null ? [login.name] : [];
  })[0];
  if (superuser !== undefined) {
    const own = sessions.filter(({ memberOid }) => names.get(memberOid)?.name === superuser).length;
    return sessionsError(
      `The role is gone, but ${superuser} is a superuser now, and only a superuser can end its ${count(own)} on ${server}.`,
      `End them by hand, or: ${roleSql('ALTER', superuser, 'NOSUPERUSER')}`,
    );
  }
  const what = whose(open);
  if (!seen.mayEnd) {
    const missing = [SESSION_RIGHTS.end, ...(seen.maySee ? [] : [SESSION_RIGHTS.see])];
    const { version, grantor } = seen.server;
    return sessionsError(
      `The role is gone, but Hallpass may not end ${what} on ${server}.`,
      `End them by hand, or: ${grantRightsSql(version, missing, grantor)}`,
    );
  }
  const error = sessions.map(({ pid }) => refused.get(pid)).find((said) => said !== undefined);
  if (error !== undefined) {
    return sessionsError(
      `The role is gone, but ${what} could not be ended on ${server}: ${error.message}`,
      error.nextStep ?? 'End them by hand.',
      error,
    );
  }
  return sessionsError(`The role is gone, but ${what} did not end yet on ${server}.`, null);
}

/** The membership still reads as there on a standby. */
export function notReplayed(server: string): TargetError {
  return sessionsError(
    `The role is gone on the primary, but ${server} has not replayed that yet.`,
    'Check the replication, or take the standby out of `replicas:`.',
  );
}

/** A standby can't be asked. */
export function away(server: string, cause: TargetError): TargetError {
  const sentence = `The role is gone on the primary, but ${server} can’t be asked: ${cause.message}`;
  const { kind, nextStep } = cause;
  return new TargetError({ kind, scope: 'pair', passing: true, sentence, nextStep }, cause);
}

function whose({ sessions, memberOid, names }: StillOpen): string {
  const others = new Set(
    sessions.flatMap((session) =>
      session.memberOid === memberOid ? [] : [names.get(session.memberOid)?.name ?? 'a dropped login'],
    ),
  );
  if (others.size === 0) {
    return `${count(sessions.length)} that began during the loan`;
  }
  const listed = [...others].slice(0, MOST_NAMES).join(', ');
  const more = others.size > MOST_NAMES ? ` and ${others.size - MOST_NAMES} more` : '';
  const own = sessions.some((session) => session.memberOid === memberOid) ? 'the login and of ' : '';
  return `${count(sessions.length)} of ${own}${listed}${more} (who could use it through the login)`;
}

function count(sessions: number): string {
  return `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`;
}

function sessionsError(sentence: string, nextStep: string | null, cause?: TargetError): TargetError {
  return new TargetError({ kind: 'sessions', scope: 'pair', passing: true, sentence, nextStep }, cause);
}
