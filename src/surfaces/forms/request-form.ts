/** The request form. Limits: docs.slack.dev, "Modals" and "Composition objects". */
import type { InputBlock, ModalView, PlainTextOption } from '@slack/types';
import { sayDuration, shortDuration } from '../../domain/duration.js';
import type { ReasonRule } from '../../domain/policy/policy.js';
import type { PreviewResult } from '../../domain/postgres/preview.js';
import { plain, section } from '../kit/blocks.js';
import { danger } from '../kit/danger.js';
import { ACTIONS, BLOCKS, durationBlock, MAX_DURATION, MAX_REASON, roleBlock, VIEWS } from '../kit/ids.js';
import { code, inline, ownWords, plainName, truncate } from '../kit/text.js';
import { alarmingLine, roleLines } from '../request/preview.js';
import { alerts } from './alerts.js';
import { type EmergencyChoice, emergencyInput } from './emergency-forms.js';
import { channelLinks, reasonAsks } from './form-words.js';

const MAX_OPTION = 75;
/** As many as Slack takes in a menu. */
const MAX_MENU = 100;

export interface TargetChoice {
  readonly key: string;
  readonly name: string;
  readonly environment: string | null;
}

export interface RoleChoice {
  readonly role: string;
  readonly about: string | null;
}

/** What the form shows; durations in milliseconds. */
export interface Form {
  /** Where the command was typed: the form keeps it, because what is sent of a form names no channel. */
  readonly channel: string | null;
  readonly target: TargetChoice | null;
  /** Null also as long as no target is chosen. */
  readonly role: RoleChoice | null;
  /** The person's login on the chosen target. */
  readonly login: string | null;
  /** A sentence in plain text about what stands in the way, such as one of form-words.ts. */
  readonly notice: string | null;
  /** What the role can do; null when it is not known yet. */
  readonly preview: PreviewResult | null;
  /** Roles that would give what somebody needs, paragraphs in mrkdwn; empty where that was not the question. */
  readonly offers: readonly string[];
  /** Who will be asked, paragraphs in mrkdwn; empty as long as no role is chosen. */
  readonly asks: readonly string[];
  /** The Slack channels in which more may be asked for than here. */
  readonly elsewhere: readonly string[];
  /** The menu, not empty. */
  readonly durationsMs: readonly number[];
  readonly defaultMs: number;
  readonly maxMs: number;
  readonly reasonRequired: boolean;
  /** What the reason must hold. */
  readonly reasonRule: ReasonRule | null;
  /** Null: this person can't break glass here. */
  readonly emergency: EmergencyChoice | null;
  /** What was typed after the command. */
  readonly typed: { readonly durationMs: number | null; readonly reason: string | null };
}

export function targetOption({ key, name, environment }: TargetChoice): PlainTextOption {
  const end = ` (${key})`;
  const text = truncate(`${plainName(name, MAX_OPTION - Math.min(end.length, 60))}${end}`, MAX_OPTION);
  return option(text, key, environment);
}

/** The description warns of a role that is Postgres's own. */
export function roleOption({ role, about }: RoleChoice): PlainTextOption {
  const power = danger(role);
  return option(plainName(role, MAX_OPTION), role, power === null ? about : `Danger: ${power}`);
}

export const CHOOSE_FIRST = 'Choose an instance first.';

/** Longer than any key or Postgres name, so that it is none. */
export const NOTHING = `nothing${'.'.repeat(60)}`;

/** The only entry of a menu that has none: why. Choosing it shows the reason in full, in the form. */
export function reasonOption(why: string): PlainTextOption {
  const line = ownWords(why, 2 * MAX_OPTION).replace(/\s+/gu, ' ');
  const cut = line.length <= MAX_OPTION ? line.length : breakOf(line);
  return option(truncate(line.slice(0, cut), MAX_OPTION), NOTHING, line.slice(cut).trim());
}

/** Where a line is broken that is too long: after the last clause that fits, else between two words. */
function breakOf(line: string): number {
  const start = line.slice(0, MAX_OPTION + 1);
  const clause = Math.max(...['. ', ', ', '; ', ': '].map((end) => start.lastIndexOf(end))) + 1;
  const end = clause > 0 ? clause : start.lastIndexOf(' ');
  return end > 0 ? end : MAX_OPTION;
}

function option(text: string, value: string, description: string | null): PlainTextOption {
  return {
    text: plain(text),
    value,
    ...(description ? { description: plain(plainName(description, MAX_OPTION)) } : {}),
  };
}

export function requestModal(form: Form): ModalView {
  const lines = form.role === null ? [] : roleLines(form.role.role, form.login, form.preview);
  const alarm = form.role === null ? null : alarmingLine(form.role.role, form.preview, lines);
  const about = lines.filter((line) => line !== alarm);
  return {
    type: 'modal',
    callback_id: VIEWS.request,
    title: plain('Request access'),
    submit: plain('Send request'),
    close: plain('Cancel'),
    private_metadata: JSON.stringify({ v: 1, target: form.target?.key ?? null, channel: form.channel }),
    blocks: [
      ...alerts(form, alarm),
      ...form.offers.map(section),
      targetInput(form.target),
      ...(form.login === null || form.target === null
        ? []
        : [section(`You are ${code(form.login)} on ${inline(form.target.name, 150)}.`)]),
      ...(form.elsewhere.length === 0
        ? []
        : [section(`More roles are available if you type the command in ${channelLinks(form.elsewhere)}.`)]),
      roleInput(form),
      ...(about.length === 0 ? [] : [section(about.join('\n'))]),
      ...form.asks.map(section),
      ...durationInputs(form),
      reasonInput(form),
      ...emergencyInput(form),
    ],
  };
}

function targetInput(target: TargetChoice | null): InputBlock {
  return {
    type: 'input',
    block_id: BLOCKS.target,
    label: plain('Postgres instance'),
    dispatch_action: true,
    element: {
      type: 'external_select',
      action_id: ACTIONS.target,
      min_query_length: 0,
      placeholder: plain('Type to search'),
      ...(target === null ? { focus_on_load: true } : { initial_option: targetOption(target) }),
    },
  };
}

function roleInput({ target, role }: Form): InputBlock {
  return {
    type: 'input',
    block_id: roleBlock(target?.key ?? null),
    label: plain('Role'),
    hint: plain(target === null ? CHOOSE_FIRST : 'Only roles you can request here are listed.'),
    dispatch_action: true,
    element: {
      type: 'external_select',
      action_id: ACTIONS.role,
      min_query_length: 0,
      placeholder: plain('Type to search'),
      ...(role === null ? {} : { initial_option: roleOption(role) }),
    },
  };
}

function durationInputs({ role, durationsMs, defaultMs, maxMs, typed }: Form): readonly InputBlock[] {
  const menu = durationsMs.slice(0, MAX_MENU);
  const other = typed.durationMs !== null && !menu.includes(typed.durationMs) ? typed.durationMs : null;
  const chosen = other === null ? (typed.durationMs ?? defaultMs) : defaultMs;
  return [
    {
      type: 'input',
      block_id: durationBlock(role?.role ?? null),
      label: plain('For how long?'),
      element: {
        type: 'static_select',
        action_id: ACTIONS.duration,
        options: menu.map(durationOption),
        // Slack refuses an initial option that is not in the menu.
        ...(menu.includes(chosen) ? { initial_option: durationOption(chosen) } : {}),
      },
    },
    {
      type: 'input',
      block_id: BLOCKS.otherDuration,
      optional: true,
      label: plain('Another duration'),
      hint: plain(`Up to ${sayDuration(maxMs)}, written like 45m or 1h30m.`),
      element: {
        type: 'plain_text_input',
        action_id: ACTIONS.otherDuration,
        max_length: MAX_DURATION,
        ...(other === null ? {} : { initial_value: shortDuration(other) }),
      },
    },
  ];
}

function durationOption(ms: number): PlainTextOption {
  return option(sayDuration(ms), shortDuration(ms), null);
}

function reasonInput({ reasonRequired, reasonRule, typed }: Form): InputBlock {
  const asks = reasonRule === null ? '' : `${reasonAsks(reasonRule)}. `;
  const reason = typed.reason?.trim() ?? '';
  return {
    type: 'input',
    block_id: BLOCKS.reason,
    optional: !reasonRequired,
    label: plain('Reason'),
    hint: plain(`${asks}Approvers see it, and it is kept in the audit trail.`),
    element: {
      type: 'plain_text_input',
      action_id: ACTIONS.reason,
      multiline: true,
      max_length: MAX_REASON,
      placeholder: plain('The ticket, and what you need to do'),
      ...(reason === '' ? {} : { initial_value: truncate(reason, MAX_REASON) }),
    },
  };
}
