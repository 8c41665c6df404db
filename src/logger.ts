/**
 * The one log: JSON lines by pino. Invariant: no secret reaches a line. Each finished line is searched for the secrets that
 * were read and for secret keys and shapes, because a list of paths would miss an unforeseen place; and only known fields of
 * an error are written, because library errors carry requests, headers and bodies.
 */
import type { Logger as BoltLogger } from '@slack/web-api';
import { LogLevel } from '@slack/web-api';
import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { coerceError, HallpassError } from './errors.js';
import { withoutSecrets } from './secrets.js';

export type { Logger } from 'pino';

/** Ours say in words what happened and what to do: a stack, theirs or their cause's, would only bury that. */
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

/** How many bytes wait for a full disk: beyond that, the log is lost and Hallpass goes on. */
const MOST_WAITING = 8 * 1024 * 1024;

/** A line that can't be written ends nothing: roles still have to be revoked. */
function lines(fd: number): DestinationStream {
  const stream = pino.destination({ dest: fd, sync: true, maxLength: MOST_WAITING });
  stream.on('error', () => undefined);
  return stream;
}

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

/** For Slack's libraries, without their debug output: it holds whole payloads, with people's texts, tokens and response URLs. */
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
    // Bolt would set its own default level on every logger that it is given.
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
