/** The keys of each part of the configuration, and what may stand there. */
import { z } from 'zod';
import type { Principal } from '../domain/policy.js';
import { connectKeys, connectUrl } from './connect.js';
import {
  duration,
  integer,
  line,
  map,
  name,
  oneOf,
  oneOrMore,
  orNull,
  pattern,
  quote,
  scalar,
  Wrong,
  wrongName,
} from './fields.js';
import { didYouMean } from './nearest.js';
import { Text } from './text.js';

/**
 * Slack's ids: users, user groups, channels (private ones that are old begin with G). Without a digit an id has at
 * least nine characters, so that a group may be called SRE.
 */
const SLACK_USER = /^[UW](?=.*\d|.{8})[A-Z0-9]{3,}$/;
const SLACK_PRINCIPAL = /^[UWS](?=.*\d|.{8})[A-Z0-9]{3,}$/;
const SLACK_CHANNEL = /^[CG](?=.*\d|.{8})[A-Z0-9]{3,}$/;

/** The longest duration of anything. */
const LONGEST = '30d';
/** On call is the one approval without a second person: never longer. */
const LONGEST_ON_CALL = '1h';

/** A part that is read by itself, so that what is wrong in it doesn't hide what is wrong elsewhere. */
const part = z.unknown().optional();
const channel = pattern(SLACK_CHANNEL, 'the id of a Slack channel (C…)');
const pagerDutyId = pattern(/^[A-Z0-9]{4,20}$/, 'a PagerDuty id (like PABC123)');

export const fileKeys = map({
  include: part,
  slack: part,
  operators: part,
  groups: part,
  people: part,
  defaults: part,
  policies: part,
  targets: part,
});
export const includedFileKeys = map({ targets: part });

export const includePatterns = oneOrMore(scalar('a path like targets/*.yaml', (text) => text));

export const slackKeys = map({
  /** Slack: lower case, no spaces, 32 characters at most. */
  command: pattern(/^\/[a-z0-9_-]{1,31}$/, 'a slash command like /request').optional(),
  channel,
  operators_channel: channel,
});

export const groupMembers = oneOrMore(
  pattern(SLACK_PRINCIPAL, 'the id of a Slack user (U…, W…) or user group (S…)'),
);

/** Why a group can't be called this; null when it can. */
export function wrongGroupName(key: string): string | null {
  return SLACK_PRINCIPAL.test(key)
    ? 'a group must not be called like a Slack id; use lower case'
    : wrongName(key);
}

export function wrongUserId(key: string): string | null {
  return SLACK_USER.test(key) ? null : `${JSON.stringify(key)} is not the id of a Slack user (U…, W…)`;
}

export function wrongTargetKey(key: string): string | null {
  if (/^[a-z0-9][a-z0-9._-]{0,39}$/.test(key)) return null;
  return 'a target\'s key has 1 to 40 of a-z, 0-9, ".", "_", "-" and begins with a letter or digit; `name:` may hold anything';
}

export const personKeys = map({ login: name.optional(), pagerduty: pagerDutyId.optional() });
export const targetPerson = orNull(name);

const onCallKeys = map({
  schedules: oneOrMore(pagerDutyId).optional(),
  escalation_policies: oneOrMore(
    map({ id: pagerDutyId, levels: oneOrMore(integer(1, 20)).optional() }),
  ).optional(),
  max: duration(LONGEST_ON_CALL).optional(),
});

const emailPattern = scalar('a pattern like "{local}"', (text) => {
  if (/\{(?:local|email)\}/.test(text.text) && !/[{}]/.test(text.text.replace(/\{(?:local|email)\}/g, ''))) {
    return text.text;
  }
  return new Wrong(
    `${quote(text)} must hold {local} (what stands before the "@") or {email}, and no other braces`,
  );
});

const emailDomain = scalar('a domain like example.com', (text) => {
  const domain = text.text.toLowerCase();
  if (/^(?:[a-z0-9-]+\.)+[a-z0-9-]+$/.test(domain)) return domain;
  return new Wrong(`${quote(text)} is not a domain like example.com`);
});

/** Roles of Postgres through which the server's operating system, and so a superuser, can be reached. */
const SUPERUSER_IN_DISGUISE = new Set([
  'pg_execute_server_program',
  'pg_read_server_files',
  'pg_write_server_files',
]);

/** Why this role can't be lent; null when the file shows nothing against it. */
export function wrongRole(key: string): string | null {
  return SUPERUSER_IN_DISGUISE.has(key) ? 'can reach superuser, and is never lent' : wrongName(key);
}

/** What the names in the file stand for. */
export interface Names {
  readonly groups: ReadonlyMap<string, readonly Principal[]>;
  readonly policies: ReadonlySet<string>;
}

/** Who is named through a group and by id is one principal, by the group's name. */
function eachOnce(lists: readonly (readonly Principal[])[]): readonly Principal[] {
  const known = new Map<string, Principal>();
  for (const principal of lists.flat()) {
    if ((known.get(principal.id)?.name ?? null) === null) known.set(principal.id, principal);
  }
  return [...known.values()];
}

/** The parts of the file in which groups and policies are named. */
export function schemasFor({ groups, policies }: Names) {
  const principals = oneOrMore(
    scalar('the name of a group or a Slack id', (text): readonly Principal[] | Wrong => {
      const group = groups.get(text.text);
      if (group !== undefined) return group;
      if (SLACK_PRINCIPAL.test(text.text)) return [{ id: text.text, name: null }];
      const known =
        didYouMean(text.text, groups.keys()) || `; groups: ${[...groups.keys()].join(', ') || 'none'}`;
      return new Wrong(`${quote(text)} is neither a group nor a Slack id${known}`);
    }),
  ).transform(eachOnce);

  const settings = {
    approvers: principals.optional(),
    on_call: orNull(onCallKeys).optional(),
    reason: oneOf(['required', 'optional']).optional(),
    durations: oneOrMore(duration(LONGEST), 20).optional(),
    default_duration: duration(LONGEST).optional(),
    max: duration(LONGEST).optional(),
    pending_timeout: duration(LONGEST).optional(),
    channel: channel.optional(),
  };
  const email = {
    email_pattern: orNull(emailPattern).optional(),
    email_domains: oneOrMore(emailDomain).optional(),
  };
  const policy = scalar('the name of a policy', (text) => {
    if (policies.has(text.text)) return text.text;
    const known = didYouMean(text.text, policies) || `; policies: ${[...policies].join(', ') || 'none'}`;
    return new Wrong(`${quote(text)} is no policy${known}`);
  });

  return {
    principals,
    policy: map(settings),
    defaults: map({ ...settings, ...email }),
    target: map({
      name: line(75).optional(),
      environment: line(40).optional(),
      lend: oneOf(['true', 'false']).optional(),
      url: connectUrl.optional(),
      connect: connectKeys.optional(),
      people: part,
      roles: part,
      ...settings,
      ...email,
    }),
    role: z.preprocess(
      (raw) => (raw instanceof Text && !raw.blank ? { policy: raw } : raw),
      map({ policy: policy.optional(), about: line(150).optional(), ...settings }),
    ),
  };
}

export type Schemas = ReturnType<typeof schemasFor>;
/** What defaults, a target, a policy and a role may each say of a policy. */
export type Settings = z.infer<Schemas['policy']>;
export type EmailSettings = Pick<z.infer<Schemas['defaults']>, 'email_pattern' | 'email_domains'>;
export type TargetSettings = z.infer<Schemas['target']>;
export type RoleSettings = z.infer<Schemas['role']>;
