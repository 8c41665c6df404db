/**
 * The one log: JSON lines by pino. Invariant: no secret reaches a line, whatever was handed in. Each finished line is
 * swept for secret keys and for secret shapes, because a list of paths would miss the one place nobody thought of;
 * and of an error only known fields are written, because library errors carry requests, headers and bodies.
 */
import type { Logger as BoltLogger } from '@slack/web-api';
import { LogLevel } from '@slack/web-api';
import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { coerceError, HallpassError } from './errors.js';

export type { Logger } from 'pino';

const CENSORED = '[redacted]';

const SECRET_KEY =
  '[\\w.-]*(?:token|secret|passw|authorization|cookie|response_?url|trigger_?id|connection_?string|database_(?:owner_)?url|redis_url|routing_key)[\\w.-]*';

const SECRETS: readonly (readonly [shape: RegExp, replacement: string])[] = [
  // A key and its value; then the same inside a string that is itself JSON, where the quotes are escaped.
  [new RegExp(`("${SECRET_KEY}":)("(?:[^"\\\\]|\\\\.)*"|[^",{}\\[\\]]+)`, 'gi'), `$1"${CENSORED}"`],
  [new RegExp(`(\\\\"${SECRET_KEY}\\\\":\\s*\\\\").*?(\\\\")`, 'gi'), `$1${CENSORED}$2`],
  // Slack's tokens, response URLs and Socket Mode tickets.
  [/\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]+/gi, CENSORED],
  [/https:\/\/hooks\.slack\.com\/[^\s"\\]+/gi, CENSORED],
  [/(\bwss?:\/\/[^\s"\\?]+\?)[^\s"\\]+/gi, `$1${CENSORED}`],
  // user:password@host of any URL, libpq's password=, and HTTP authorization.
  [/(\b[a-z][a-z\d+.-]*:\/\/)[^\s"@]*:[^\s"]*@/gi, `$1${CENSORED}@`],
  [/(\b(?:password|token)=)(?:'[^']*'|[^\s"&,;\\]+)/gi, `$1${CENSORED}`],
  [/(\bBearer )[\w.~+/=-]+/gi, `$1${CENSORED}`],
];

function withoutSecrets(line: string): string {
  return SECRETS.reduce((text, [shape, replacement]) => text.replace(shape, replacement), line);
}

/** What is written of an error: nothing that a library may have hung on it. */
function describeError(thrown: unknown): Record<string, unknown> {
  const error = coerceError(thrown);
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(error instanceof HallpassError ? { passing: error.passing, nextStep: error.nextStep } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** `destination` is standard output when left out. */
export function createLogger(level: LevelWithSilent, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      serializers: { err: describeError },
      hooks: { streamWrite: withoutSecrets },
    },
    destination ?? pino.destination({ sync: true }),
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
