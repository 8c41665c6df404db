/**
 * The one log: JSON lines by pino. Invariant: no secret reaches a line, whatever was handed in. Each finished line is
 * swept for the secrets that were read and for secret keys and shapes, because a list of paths would miss the one place
 * nobody thought of;
 * and of an error only known fields are written, because library errors carry requests, headers and bodies.
 */
import type { Logger as BoltLogger } from '@slack/web-api';
import { LogLevel } from '@slack/web-api';
import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { coerceError, HallpassError } from './errors.js';
import { withoutSecrets } from './secrets.js';

export type { Logger } from 'pino';

/**
 * What is written of an error: nothing that a library may have hung on it. One of ours says in words what happened and
 * what to do: a stack below it, or below what caused it, would only bury that.
 */
function describeError(thrown: unknown, foreseen = false): Record<string, unknown> {
  const error = coerceError(thrown);
  const inWords = foreseen || error instanceof HallpassError;
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(error instanceof HallpassError ? { passing: error.passing, nextStep: error.nextStep } : {}),
    ...(inWords ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause, inWords) }),
  };
}

/** What waits for a disk that is full, bytes: more of the log is lost, and Hallpass goes on. */
const MOST_WAITING = 8 * 1024 * 1024;

/** The log on a file descriptor. That a line can't be written ends nothing: roles are still to be revoked. */
function lines(fd: number): DestinationStream {
  const stream = pino.destination({ dest: fd, sync: true, maxLength: MOST_WAITING });
  stream.on('error', () => undefined);
  return stream;
}

/** @param to where it goes: standard output, unless something else is said. */
export function createLogger(level: LevelWithSilent, to: DestinationStream | 'stderr' = lines(1)): Logger {
  return pino(
    {
      level,
      serializers: { err: (thrown: unknown) => describeError(thrown) },
      hooks: { streamWrite: withoutSecrets },
    },
    to === 'stderr' ? lines(2) : to,
  );
}

/**
 * Our log in the shape that Slack's libraries want. Their debug output is dropped at every level: it holds whole
 * payloads, with what people wrote, tokens and response URLs in it.
 */
export function loggerForSlack(logger: Logger): BoltLogger {
  const child = logger.child({ part: 'slack' });
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (...said: unknown[]): void => {
      const err = said.find((part) => part instanceof Error);
      const text = said.filter((part) => typeof part === 'string').join(' ');
      child[level](err === undefined ? {} : { err }, text === '' ? 'Slack library' : text);
    };
  return {
    debug: () => {},
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    // The level is ours alone to set; Bolt sets its own default on every logger that it is given.
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
