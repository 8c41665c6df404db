/** The keys of each part of the configuration, and what may stand there. */
import { z } from 'zod';
import type { Principal } from '../domain/policy/policy.js';
import { whyNeverGranted } from '../domain/postgres/predefined-roles.js';
import type { Bastion } from './config.js';
import { emailKeys } from './policy/email-rule.js';
import { policyKeys } from './policy/policy-keys.js';
import { channel, principalsOf } from './policy/principals.js';
import { connectSchemas } from './servers/connection-keys.js';
import { suggest } from './yaml/did-you-mean.js';
import {
  duration,
  flag,
  integer,
  LONGEST,
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
} from './yaml/fields.js';
import { Text } from './yaml/text.js';

/** The notice before sessions are ended; a longer one would be forgotten. */
const LONGEST_GRACE = '5m';
/** Its end is announced 5 minutes before, and shorter pauses are what work is made of. */
const SHORTEST_IDLE = '10m';

const KINDS = ['self-managed', 'rds', 'aurora', 'cloud-sql', 'azure', 'neon', 'supabase'] as const;

/** A part that is read by itself, so that a problem in it doesn't hide others. */
const part = z.unknown().optional();
const pagerDutyId = pattern(/^[A-Z0-9]{4,20}$/, 'a PagerDuty id (like PABC123)');

export const fileKeys = map({
  include: part,
  slack: part,
  operators: part,
  limits: part,
  groups: part,
  people: part,
  bastions: part,
  defaults: part,
  policies: part,
  targets: part,
});
export const limitsKeys = map({
  pending_per_person: integer(1, 1_000).optional(),
  requests_per_minute: integer(1, 1_000).optional(),
});
export const includedFileKeys = map({ targets: part });

export const includePatterns = oneOrMore(scalar('a path like targets/*.yaml', (text) => text));

export const slackKeys = map({
  /** Slack: lower case, no spaces, 32 characters at most. */
  command: pattern(/^\/[a-z0-9_-]{1,31}$/, 'a slash command like /request').optional(),
  channel,
  operators_channel: channel,
});

export function wrongTargetKey(key: string): string | null {
  if (/^[a-z0-9][a-z0-9._-]{0,39}$/.test(key)) return null;
  return 'a target\'s key has 1 to 40 of a-z, 0-9, ".", "_", "-" and begins with a letter or digit; `name:` may hold anything';
}

export const personKeys = map({ login: name.optional(), pagerduty: pagerDutyId.optional() });
export const targetPerson = orNull(name);

/** Why this role can't be granted; null when its name is no obstacle. */
export function wrongRole(key: string): string | null {
  const refused = whyNeverGranted(key);
  return refused === null ? wrongName(key) : `${refused}, and is never granted`;
}

const roleMatch = scalar('the name of a role, in which * stands for any characters', (text) => {
  const wrong = text.text.includes('*') ? wrongName(text.text) : wrongRole(text.text);
  return wrong === null ? text.text : new Wrong(wrong);
});

/** What the names in the file stand for. */
export interface Names {
  readonly groups: ReadonlyMap<string, readonly Principal[]>;
  readonly policies: readonly string[];
  /** null: it is wrong, which was said. */
  readonly bastions: ReadonlyMap<string, Bastion | null>;
}

/** The parts of the file in which groups, policies and bastions are named. */
export function schemasFor({ groups, policies, bastions }: Names) {
  const principals = principalsOf(groups);
  const settings = {
    ...policyKeys(principals),
    durations: oneOrMore(duration(LONGEST), 20).optional(),
    default_duration: duration(LONGEST).optional(),
    max: duration(LONGEST).optional(),
    pending_timeout: duration(LONGEST).optional(),
    requesters: principals.optional(),
    channels: oneOrMore(channel).optional(),
    max_danger: oneOf(['read', 'write', 'admin']).optional(),
    sessions: oneOf(['auto', 'all', 'leave']).optional(),
    allow_set_role: flag.optional(),
    grace: duration(LONGEST_GRACE, '10s, 1m').optional(),
    idle: orNull(duration(LONGEST, '30m, 2h', SHORTEST_IDLE)).optional(),
    channel: channel.optional(),
  };
  const once = <T extends { approvers?: unknown; approvals?: unknown }>(
    said: T,
    context: z.RefinementCtx,
  ) => {
    if (said.approvers === undefined || said.approvals === undefined) return;
    const message = 'is short for approvals, which stands beside it; write one of the two';
    context.addIssue({ code: 'custom', path: ['approvers'], message });
  };
  const isPolicy = new Set(policies);
  const policy = scalar('the name of a policy', (text) => {
    if (isPolicy.has(text.text)) return text.text;
    return new Wrong(`${quote(text)} is no policy${suggest(text.text, policies, 'policies')}`);
  });
  const ofRole = { policy: policy.optional(), ...settings };

  return {
    principals,
    connect: connectSchemas(bastions),
    policy: map(settings).superRefine(once),
    defaults: map({ ...settings, ...emailKeys }).superRefine(once),
    target: map({
      name: line(75).optional(),
      environment: line(40).optional(),
      grant: flag.optional(),
      /** What 0.1.0 called `grant`. */
      lend: flag.optional(),
      mode: oneOf(['direct', 'guarded']).optional(),
      kind: oneOf(KINDS).optional(),
      orphans: oneOf(['report', 'revoke']).optional(),
      url: part,
      connect: part,
      replicas: part,
      people: part,
      roles: part,
      discover: part,
      ...settings,
      ...emailKeys,
    }).superRefine(once),
    role: z.preprocess(
      (raw) => (raw instanceof Text && !raw.blank ? { policy: raw } : raw),
      map({ about: line(150).optional(), ...ofRole }).superRefine(once),
    ),
    discover: oneOrMore(map({ match: roleMatch, ...ofRole }).superRefine(once)),
  };
}

export type Schemas = ReturnType<typeof schemasFor>;
/** What defaults, a target, a policy and a role may each say of a policy. */
export type Settings = z.infer<Schemas['policy']>;
export type TargetSettings = z.infer<Schemas['target']>;
export type RoleSettings = z.infer<Schemas['role']>;
export type DiscoverSettings = z.infer<Schemas['discover']>[number];
