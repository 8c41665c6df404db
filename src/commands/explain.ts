/** `hallpass explain TARGET/ROLE --person U…`: what would happen to such a request, and why. It changes nothing. */
import type { Command } from 'commander';
import { foresee } from '../access/asking/foresee.js';
import { createRoles } from '../access/asking/roles.js';
import { OTHERS_LOOK } from '../access/deps.js';
import type { Config, TargetConfig } from '../config/config.js';
import { readParts } from '../config/environment/env.js';
import { roleOn } from '../config/lookup.js';
import { parseDuration } from '../domain/duration.js';
import { isWorthAsking } from '../domain/policy/evaluate.js';
import { pauseOn } from '../domain/request/pause.js';
import { coerceError } from '../errors.js';
import { createPool, type Queryable } from '../ledger/pool.js';
import { readPauses } from '../ledger/targets/pauses.js';
import { createLogger } from '../logger.js';
import { createMessenger } from '../messenger/web-api.js';
import { withoutPagerDuty } from '../oncall/on-call.js';
import { createPagerDuty } from '../oncall/pagerduty.js';
import { createDiscovery } from '../postgres/discover.js';
import { createInspector } from '../postgres/inspecting/inspector.js';
import { openTarget } from '../postgres/open.js';
import { formWhilePaused } from '../surfaces/operators/pause.js';
import { explained, type Told } from '../surfaces/terminal/explain.js';
import { facts } from './explain/json.js';
import { findTarget, load } from './shared/configuration.js';
import { parseMoment } from './shared/moment.js';
import { print, printJson, wrap } from './shared/output.js';
import { refused } from './shared/refused.js';

interface Options {
  readonly person: string;
  readonly for?: string;
  readonly at?: string;
  readonly json?: true;
}

interface Question {
  readonly config: Config;
  readonly target: TargetConfig;
  readonly role: string;
  readonly person: string;
  readonly wishedMs: number | null;
  /** Null: now. */
  readonly at: Date | null;
}

export function addExplain(program: Command): void {
  program
    .command('explain')
    .description(
      'what would happen to a request, and why; exit code 0: granted or asked, 1: refused, or not enough people can decide, 2: it could not be told',
    )
    .argument('<target/role>')
    .requiredOption('--person <id>', 'who would ask: a Slack user id (U…)')
    .option('--for <duration>', 'for how long; default: what the form begins with')
    .option(
      '--at <time>',
      'as if it were then, such as 2026-11-01T09:30Z, for automatic hours and the ladder',
    )
    .option('--json', 'print one JSON document')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action(async (place: string, options: Options) => {
      // An error is no answer.
      process.exitCode = 2;
      process.exitCode = (await explain(questionOf(place, options), options.json === true)) ? 0 : 1;
    });
}

function questionOf(place: string, { person, for: duration, at }: Options): Question {
  const slash = place.indexOf('/');
  if (slash <= 0) throw refused(`${JSON.stringify(place)} names no role`, 'Write TARGET/ROLE.');
  if (!/^[UW][A-Z0-9]+$/.test(person)) {
    throw refused(`${JSON.stringify(person)} is no Slack user id`, 'Write an id like U0123456789.');
  }
  const wishedMs = duration === undefined ? null : parseDuration(duration);
  if (duration !== undefined && wishedMs === null) {
    throw refused(`--for ${duration} is no duration`, 'Write it like 45m, 1h30m or 2h.');
  }
  if (at !== undefined && parseDuration(at) !== null) {
    throw refused(`--at: ${JSON.stringify(at)} is no time`, 'Write a time such as 2026-11-01T09:30+01:00.');
  }
  const config = load();
  const target = findTarget(config, place.slice(0, slash));
  const role = place.slice(slash + 1);
  const moment = at === undefined ? null : parseMoment(at, new Date(), '--at');
  return { config, target, role, person, wishedMs, at: moment };
}

async function explain(question: Question, json: boolean): Promise<boolean> {
  const { target } = question;
  const { slack, pagerduty, databaseUrl, problems } = readParts(process.env);
  if (slack === null) {
    throw refused('Slack can’t be asked who this is', problems.join('\n') || 'Set SLACK_BOT_TOKEN.');
  }
  const logger = createLogger('silent');
  const parts = {
    target: openTarget(target, null),
    inspector: createInspector(target.connect),
    ...(target.discover.length > 0 && { discovery: createDiscovery(target.connect, target.mode) }),
  };
  const pool = databaseUrl === null ? null : createPool(databaseUrl, () => undefined);
  try {
    const roles = createRoles(
      question.config,
      new Map('discovery' in parts && parts.discovery !== undefined ? [[target.key, parts.discovery]] : []),
      logger,
    );
    // Only a role that isn't listed is found on the server.
    if (!target.roles.has(question.role) && roleOn(target, question.role)) await roles.refresh(null);
    const deps = {
      ...OTHERS_LOOK,
      ...{ config: question.config, logger, roles, db: pool ?? NO_LEDGER },
      targets: new Map([[target.key, parts.target]]),
      inspectors: new Map([[target.key, parts.inspector]]),
      messenger: createMessenger({ ...slack, logger }),
      onCall: pagerduty === null ? withoutPagerDuty : createPagerDuty({ ...pagerduty, logger }),
    };
    const { at, role, person: id, wishedMs } = question;
    const except = new Set([...(pool === null ? REPEATED : []), ...(at === null ? [] : OF_NOW)]);
    const when = at ?? new Date();
    const [found, paused] = await Promise.all([
      foresee(deps, { target, role, person: id, wishedMs, at: when, except }),
      pool === null ? [] : pausedThere(pool, target.key),
    ]);
    const told: Told = {
      ...{ ...found, role, targetName: target.key, at: when },
      person: found.person === null ? id : `@${found.person.name}`,
      personId: id,
      unasked: [...paused, ...unasked(found.policy, at !== null, pool !== null)],
    };
    if (json) printJson(facts(told));
    else
      print(
        explained(told)
          .map((lines) => lines.map(wrapped).join('\n'))
          .join('\n\n'),
      );
    return isWorthAsking(found.evaluation);
  } finally {
    await Promise.all([...Object.values(parts).map((part) => part.close()), pool?.end()]);
  }
}

const REPEATED = ['repeat'] as const;
/** What holds of this moment alone. */
const OF_NOW = ['on_call', 'repeat'] as const;

/** Nothing asks it: what would is left out. */
const NO_LEDGER: Queryable = {
  query: () => Promise.reject(new Error('DATABASE_URL is not set')),
} as Pick<Queryable, 'query'> as Queryable;

async function pausedThere(db: Queryable, target: string): Promise<readonly string[]> {
  try {
    const pause = pauseOn(await readPauses(db), target);
    return pause === null ? [] : [formWhilePaused(pause)];
  } catch (thrown) {
    return [`The ledger did not say whether granting is paused: ${coerceError(thrown).message}.`];
  }
}

function unasked(policy: Told['policy'], isThen: boolean, hasLedger: boolean): readonly string[] {
  if (policy === null) return [];
  return [
    ...(isThen && policy.onCall !== null
      ? ['Who is on call then can’t be foretold: on call is asked for only now, without --at.']
      : []),
    ...(policy.repeatMs === null
      ? []
      : isThen
        ? ['Whether the same is approved for longer then can’t be foretold.']
        : hasLedger
          ? []
          : ['Whether the same was approved for longer was not asked: DATABASE_URL is not set.']),
  ];
}

/** Under a line that begins further in, the next one does, too. */
function wrapped(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return indent + wrap(line.slice(indent.length), `${indent}  `);
}
