/** The keys of a policy that say who decides, how long that may take, and what is granted without an approver. */
import { z } from 'zod';
import { isGroup, type Principal } from '../../domain/policy/policy.js';
import { duration, integer, LONGEST, map, oneOf, oneOrMore, orNull, pattern } from '../yaml/fields.js';
import { isBlank, Text } from '../yaml/text.js';
import { hours, reason } from './policy-texts.js';

/** On call is an approval without a second person: never longer. */
const LONGEST_ON_CALL = '1h';
/** More would be mentioned on one card than anyone reads. */
const MOST_RULES = 20;
const MOST_STEPS = 20;
const MOST_PEOPLE = 20;
const MOST_EXTENSIONS = 100;

const pagerDutyId = pattern(/^[A-Z0-9]{4,20}$/, 'a PagerDuty id (like PABC123)');

/** As they stand in `ofRole`, a target, a policy or the defaults. @param principals a place that names people. */
export function policyKeys(principals: z.ZodType<readonly Principal[]>) {
  const ofRule = { from: principals, count: integer(1, MOST_PEOPLE).default(1) };
  const limit = duration(LONGEST);
  return {
    approvers: principals.optional(),
    approvals: notEmpty(
      oneOrMore(map(ofRule).superRefine(enoughPeople), MOST_RULES),
      'a rule like { from: [dba], count: 1 }',
    ).optional(),
    more: noneOr(
      notEmpty(
        oneOrMore(
          map({
            over: limit.optional(),
            danger: oneOf(['read', 'write', 'admin']).optional(),
            ...ofRule,
          })
            .superRefine(enoughPeople)
            .superRefine(({ over, danger }, context) => {
              if (over !== undefined || danger !== undefined) return;
              complain(context, [], 'says not when it is added; write over: 4h, danger: admin, or both');
            }),
          MOST_RULES,
        ),
        'a rule like { over: 4h, from: [dba] }, or none',
      ),
    ).optional(),
    quiet: orNull(principals).optional(),
    notify: oneOf(['channel', 'approvers']).optional(),
    on_call: orNull(
      map({
        schedules: oneOrMore(pagerDutyId).optional(),
        escalation_policies: oneOrMore(
          map({ id: pagerDutyId, levels: oneOrMore(integer(1, 20)).optional() }),
        ).optional(),
        slack: principals.superRefine(onlyGroups).optional(),
        max: duration(LONGEST_ON_CALL).optional(),
        max_danger: oneOf(['read', 'write', 'admin']).optional(),
      }),
    ).optional(),
    automatic: orNull(
      map({
        max: limit.optional(),
        max_danger: oneOf(['read', 'write']).optional(),
        hours: hours.optional(),
      }),
    ).optional(),
    repeat: orNull(limit).optional(),
    extend: map({ times: integer(0, MOST_EXTENSIONS).optional(), total: limit.optional() }).optional(),
    escalate: orNull(
      oneOrMore(step(principals), MOST_STEPS).superRefine((steps, context) => {
        for (const [i, { afterMs }] of steps.entries()) {
          if (afterMs >= (steps[i - 1]?.afterMs ?? 0)) continue;
          complain(
            context,
            [i, 'after'],
            'comes before the step above it; write the steps in the order of time',
          );
        }
      }),
    ).optional(),
    break_glass: orNull(
      map({ who: principals.optional(), max: limit.optional(), review: principals.optional() }),
    ).optional(),
    reason: reason.optional(),
    deny_reason: oneOf(['required', 'optional']).optional(),
  };
}

/** One step of `escalate:`. */
function step(principals: z.ZodType<readonly Principal[]>) {
  return map({
    after: duration(LONGEST),
    remind: oneOf(['true']).optional(),
    to: principals.optional(),
    page: oneOf(['true']).optional(),
  })
    .superRefine(({ remind, to, page }, context) => {
      const said = Object.entries({ remind, to, page }).flatMap(([key, value]) =>
        value === undefined ? [] : key,
      );
      if (said.length === 0) {
        complain(context, [], 'does nothing; write one of remind: true, to: [a group], page: true');
      }
      if (said.length > 1) {
        complain(context, [], `has ${said.join(' and ')}; write a step for each, with the same after`);
      }
    })
    .transform(({ after, remind, to, page }) => ({
      afterMs: after,
      remind: remind !== undefined,
      to: to ?? [],
      page: page !== undefined,
    }));
}

/** A place where the word "none" switches off what is said further away. Nothing at all doesn't: it may be forgotten. */
function noneOr<T extends z.ZodType>(schema: T) {
  return z.preprocess((raw) => (raw instanceof Text && raw.text === 'none' ? null : raw), schema.nullable());
}

/** A place that doesn't take an empty map for nothing written. @param right what should stand there. */
function notEmpty<T extends z.ZodType>(schema: T, right: string) {
  return z.preprocess((raw, context) => {
    if (!isBlank(raw)) return raw;
    context.addIssue({ code: 'custom', message: `is empty; write ${right}` });
    return z.NEVER;
  }, schema);
}

/** What looks at the whole afterwards isn't asked any more. */
function complain(context: z.RefinementCtx, path: (string | number)[], message: string): void {
  context.addIssue({ code: 'custom', path, message, continue: false });
}

/** Who is in a group only Slack knows; users can be counted. */
function enoughPeople(
  { from, count }: { readonly from: readonly Principal[]; readonly count: number },
  context: z.RefinementCtx,
): void {
  // That it is empty was said.
  if (from.length === 0 || from.some(isGroup) || count <= from.length) return;
  complain(
    context,
    ['count'],
    `asks for ${count} people, and from names ${from.length}; name more, or write count: ${from.length}`,
  );
}

function onlyGroups(principals: readonly Principal[], context: z.RefinementCtx): void {
  for (const { id, name } of principals.filter((principal) => !isGroup(principal))) {
    const said = name === null ? id : `${name} holds ${id}, which`;
    complain(
      context,
      [],
      `${said} is a user; name only Slack user groups (S…) that follow an on-call schedule`,
    );
  }
}
