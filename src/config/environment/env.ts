/**
 * The environment, read once and typed. An empty variable counts as unset; each that may hold a secret can be given
 * as a file instead (`SLACK_BOT_TOKEN_FILE`, for Docker and Kubernetes secrets). Messages never show a value.
 */
import { isDeepStrictEqual } from 'node:util';
import type { LevelWithSilent } from 'pino';
import { z } from 'zod';
import { coerceError, HallpassError } from '../../errors.js';
import { Wrong } from '../yaml/fields.js';
import type { Variables } from '../yaml/text.js';
import { readRedisUrl } from './redis-url.js';
import { type Given, gather, Unusable } from './variables.js';

/** One line for each variable that is wrong or missing. */
export class EnvError extends HallpassError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'), {
      passing: false,
      nextStep: 'Set the environment variables as .env.example describes them.',
    });
    this.problems = problems;
  }
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

function text(right: string) {
  return z.string({
    error: ({ input }) => (input instanceof Unusable ? input.why : `is not set; ${right}`),
  });
}

function token(prefix: string, right: string) {
  return text(right).startsWith(prefix, `does not begin with ${prefix}; ${right}`);
}

function url(schemes: readonly string[], example: string) {
  const isOne = (given: string) => URL.canParse(given) && schemes.includes(new URL(given).protocol);
  return text(`write a url like ${example}`).refine(isOne, `is not a url like ${example}`);
}

function port(otherwise: number) {
  const isPort = (given: string) => /^\d{1,5}$/.test(given) && Number(given) <= 65_535;
  return z
    .string()
    .refine(isPort, 'is not a port; write a number from 0 (any free one) to 65535')
    .transform(Number)
    .default(otherwise);
}

const ledgerUrl = url(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/hallpass');
const redisUrl = text('write a url, or leave it out').transform((given, context) => {
  const read = readRedisUrl(given);
  if (!(read instanceof Wrong)) return read;
  context.addIssue(read.message);
  return z.NEVER;
});
const apiUrl = url(['http:', 'https:'], 'https://host/path').optional();
const secret = text('write it, or leave it out').optional();

const path = z
  .object({ HALLPASS_CONFIG: z.string().default('hallpass.yaml') })
  .transform((env) => ({ configPath: env.HALLPASS_CONFIG }));

const level = z
  .object({ LOG_LEVEL: z.enum(LEVELS, `is not a level; write one of ${LEVELS.join(', ')}`).default('info') })
  .transform((env) => ({ logLevel: env.LOG_LEVEL }));

const ledger = z.object({ DATABASE_URL: ledgerUrl });
const owner = z.object({ DATABASE_OWNER_URL: ledgerUrl.optional() });
const redis = z.object({ REDIS_URL: redisUrl.optional() });

/** `databaseOwnerUrl`: the ledger, as the login that may change its schema; `redis` null: the ledger keeps the alarms. */
const databases = ledger
  .and(owner)
  .and(redis)
  .transform((env) => ({
    databaseUrl: env.DATABASE_URL,
    databaseOwnerUrl: env.DATABASE_OWNER_URL ?? env.DATABASE_URL,
    redis: env.REDIS_URL ?? null,
  }));

/** Where an `apiUrl` is null below, the service's own address is meant. */
const socket = z
  .object({ SLACK_APP_TOKEN: token('xapp-', 'write an app-level token with connections:write') })
  .transform((env) => ({ transport: { kind: 'socket' as const, appToken: env.SLACK_APP_TOKEN } }));

const http = z
  .object({
    SLACK_SIGNING_SECRET: text('set it for HTTP, or set SLACK_APP_TOKEN for Socket Mode'),
    PORT: port(3000),
  })
  .transform((env) => ({
    transport: { kind: 'http' as const, signingSecret: env.SLACK_SIGNING_SECRET, port: env.PORT },
  }));

const slack = z
  .object({
    SLACK_BOT_TOKEN: token('xoxb-', 'write the bot token of the Slack app'),
    SLACK_API_URL: apiUrl,
  })
  .transform((env) => ({ slack: { botToken: env.SLACK_BOT_TOKEN, apiUrl: env.SLACK_API_URL ?? null } }));

const pagerduty = z
  .object({ PAGERDUTY_TOKEN: secret, PAGERDUTY_API_URL: apiUrl })
  .transform(({ PAGERDUTY_TOKEN: token, PAGERDUTY_API_URL: apiUrl = null }) => ({
    pagerduty: token === undefined ? null : { token, apiUrl },
  }));

const events = z
  .object({ PAGERDUTY_EVENTS_ROUTING_KEY: secret, PAGERDUTY_EVENTS_API_URL: apiUrl })
  .transform(({ PAGERDUTY_EVENTS_ROUTING_KEY: routingKey, PAGERDUTY_EVENTS_API_URL: apiUrl = null }) => ({
    pagerdutyEvents: routingKey === undefined ? null : { routingKey, apiUrl },
  }));

/** The port of /healthz, /readyz and /metrics. */
const ops = z.object({ OPS_PORT: port(9090) }).transform((env) => ({ opsPort: env.OPS_PORT }));

const services = slack.and(pagerduty).and(events).and(ops);

const auditKeys = z.object({ AUDIT_KEY: secret, AUDIT_PUBLIC_KEY: secret }).transform((env) => ({
  privateKey: env.AUDIT_KEY ?? null,
  publicKey: env.AUDIT_PUBLIC_KEY ?? null,
}));
const common = path.and(level).and(databases).and(services);

export type Databases = z.infer<typeof databases>;
/** What `worker` needs. */
export type WorkerEnv = z.infer<typeof common>;
/** What `serve` needs: it also listens to Slack. */
export type Env = WorkerEnv & z.infer<typeof socket | typeof http>;

/** With SLACK_APP_TOKEN set, Socket Mode; else HTTP. @throws EnvError */
export function readEnv(variables: Variables): Env {
  const given = gather(variables);
  return parse(given.SLACK_APP_TOKEN === undefined ? common.and(http) : common.and(socket), given);
}

/** Like `readEnv`, for `check`: one wrong part doesn't keep the others from being tried. Never throws. */
export function readParts(variables: Variables) {
  const given = gather(variables);
  const problems: string[] = [];
  const read = <T extends z.ZodType>(schema: T): z.infer<T> | null => {
    try {
      return parse(schema, given);
    } catch (thrown) {
      problems.push(...(thrown instanceof EnvError ? thrown.problems : [coerceError(thrown).message]));
      return null;
    }
  };
  const parts = {
    slack: read(slack)?.slack ?? null,
    transport: read(given.SLACK_APP_TOKEN === undefined ? http : socket)?.transport ?? null,
    databaseUrl: read(ledger)?.DATABASE_URL ?? null,
    databaseOwnerUrl: read(owner)?.DATABASE_OWNER_URL ?? null,
    redis: read(redis)?.REDIS_URL ?? null,
    pagerduty: read(pagerduty)?.pagerduty ?? null,
    pagerdutyEvents: read(events)?.pagerdutyEvents ?? null,
  };
  // The others only have to be right.
  read(ops);
  read(level);
  return { ...parts, problems };
}

/** Null where a part is wrong or not set; `problems` has a line for each variable with which `serve` refuses to start. */
export type Parts = ReturnType<typeof readParts>;

/** @throws EnvError */
export function readWorkerEnv(variables: Variables): WorkerEnv {
  return parse(common, gather(variables));
}

/** The variables behind each part, for people. The path of the file isn't among them: it is read again as it is. */
const PARTS: Readonly<Record<string, string>> = {
  slack: 'SLACK_BOT_TOKEN',
  transport: 'SLACK_APP_TOKEN, SLACK_SIGNING_SECRET',
  databaseUrl: 'DATABASE_URL',
  redis: 'REDIS_URL',
  pagerduty: 'PAGERDUTY_TOKEN',
  pagerdutyEvents: 'PAGERDUTY_EVENTS_ROUTING_KEY',
};

/** The variables whose values a restart would find changed: a secret's file has another content. */
export function whatDiffers(before: WorkerEnv, after: WorkerEnv): readonly string[] {
  const parts = new Map(Object.entries(after));
  return Object.entries(before)
    .filter(([part, value]) => PARTS[part] !== undefined && !isDeepStrictEqual(value, parts.get(part)))
    .map(([part]) => `${PARTS[part]} has another value`);
}

/** @throws EnvError */
export function readDatabases(variables: Variables): Databases {
  return parse(databases, gather(variables));
}

/** What `audit prune` and `audit verify` need beside the ledger: PEM, null when not set. @throws EnvError */
export function readAuditKeys(variables: Variables): z.infer<typeof auditKeys> {
  return parse(auditKeys, gather(variables));
}

/** Where the configuration file is. */
export function configPath(variables: Variables): string {
  return parse(path, gather(variables)).configPath;
}

/** @throws EnvError */
export function readLogLevel(variables: Variables): LevelWithSilent {
  return parse(level, gather(variables)).logLevel;
}

function parse<T extends z.ZodType>(schema: T, given: Given): z.infer<T> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new EnvError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}
