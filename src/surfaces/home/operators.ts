/** The part of a Home that only operators have: everything that is granted or overdue, pauses, and what they do about it. */
import type { Button, KnownBlock } from '@slack/types';
import type { Pause } from '../../domain/request/pause.js';
import { canEnd, isInForce, requestName } from '../../domain/request/request.js';
import type { Stray } from '../../domain/request/stray.js';
import { plain, section, sectionWith } from '../kit/blocks.js';
import { ACTIONS } from '../kit/ids.js';
import { code, inline, mention, plainName, truncate, when } from '../kit/text.js';
import { plural } from '../kit/words.js';
import { isPaused } from '../operators/pause.js';
import { endButton } from '../request/card.js';
import { headline, place } from '../request/state-words.js';
import type { Standing } from './item.js';
import { listBlocks, type Page } from './list.js';
import { EVERYWHERE } from './looking.js';

export interface OperatorsPart {
  readonly standing: Page<Standing>;
  /** How many of them are overdue. */
  readonly overdue: number;
  /** Memberships that are being revoked and that no open request accounts for: the oldest, and how many there are. */
  readonly strays: { readonly strays: readonly Stray[]; readonly total: number };
  readonly pauses: readonly Pause[];
  /** Which instance is looked at; null: all of them. `targetName`: as people know it. */
  readonly instance: { readonly key: string; readonly targetName: string } | null;
  /** Whose grants; null: everyone's. */
  readonly person: string | null;
  readonly choices: number;
}

const MOST_PAUSES = 5;
const MAX_NAME = 60;
const MAX_REASON = 200;

export function operatorsBlocks(part: OperatorsPart): readonly KnownBlock[] {
  const { standing, overdue, strays, pauses, instance } = part;
  const shown = pauses.filter(
    ({ target }) => instance === null || target === null || target === instance.key,
  );
  const late = overdue === 0 ? '' : `:rotating_light: *${plural(overdue, 'revocation')} overdue.* `;
  return [
    { type: 'divider' },
    { type: 'header', text: plain('For operators') },
    filters(part),
    ...shown.slice(0, MOST_PAUSES).map(pausedBlock),
    ...(shown.length > MOST_PAUSES
      ? [
          section(
            `${plural(shown.length - MOST_PAUSES, 'more pause')}: choose an instance, or see \`hallpass status\`.`,
          ),
        ]
      : []),
    ...(late === '' ? [] : [section(`${late}\`hallpass status\` shows what blocks them.`)]),
    ...(strays.total === 0 ? [] : [section(strayLines(strays))]),
    ...listBlocks(
      'all',
      'Everything granted',
      standing,
      standingBlocks,
      instance === null && part.person === null ? 'Nothing at the moment.' : 'Nothing there at the moment.',
    ),
  ];
}

/** The ids of the menus change with what is chosen: else Slack goes on showing what was chosen before. */
function filters({ instance, person, choices }: OperatorsPart): KnownBlock {
  const where = instance === null ? 'everywhere' : `on ${plainName(instance.targetName, MAX_NAME)}`;
  const all = { text: plain('All instances'), value: EVERYWHERE };
  return {
    type: 'actions',
    block_id: `filters:${choices}`,
    elements: [
      {
        type: 'external_select',
        action_id: ACTIONS.homeInstance,
        placeholder: plain('Instance'),
        min_query_length: 0,
        initial_option:
          instance === null
            ? all
            : { text: plain(truncate(plainName(instance.targetName, 75), 75)), value: instance.key },
      },
      {
        type: 'users_select',
        action_id: ACTIONS.homePerson,
        placeholder: plain('Everyone'),
        ...(person === null ? {} : { initial_user: person }),
      },
      ...(person === null && instance === null
        ? []
        : [{ type: 'button' as const, action_id: ACTIONS.homeClear, text: plain('Show all') }]),
      {
        type: 'button',
        action_id: ACTIONS.pause,
        text: plain(truncate(`Pause ${where}`, 75)),
        value: instance?.key ?? EVERYWHERE,
      },
    ],
  };
}

function pausedBlock(pause: Pause): KnownBlock {
  const { target, because } = pause;
  const where = target === null ? 'every instance' : plainName(target, MAX_NAME);
  const resume: Button = {
    type: 'button',
    action_id: ACTIONS.resume,
    text: plain('Resume'),
    value: target ?? EVERYWHERE,
    accessibility_label: truncate(`Resume granting on ${where}`, 75),
    confirm: {
      title: plain('Resume granting?'),
      text: plain(
        truncate(`What was approved meanwhile on ${where} is then granted, if it is still wanted.`, 300),
      ),
      confirm: plain('Resume'),
      deny: plain('Stay paused'),
    },
  };
  return sectionWith(`:double_vertical_bar: ${isPaused(pause)}: ${inline(because, MAX_REASON)}`, resume);
}

function strayLines({ strays, total }: OperatorsPart['strays']): string {
  const lines = strays.map(({ role, login, target, request, foundAt }) => {
    const of = request === null ? '' : ` (${requestName(request.id)})`;
    return `• ${code(role)} from ${code(login)} on ${code(target)}${of}, since ${when(foundAt)}`;
  });
  return [
    `:warning: *${plural(total, 'leftover membership')} ${total === 1 ? 'is' : 'are'} being revoked.*`,
    ...lines,
  ].join('\n');
}

function standingBlocks({ request, scene, overdue }: Standing): readonly KnownBlock[] {
  const { requester, login, role, expiresAt, trouble } = request;
  const { mark, title } = headline(request, null);
  const isUsable = isInForce(request) && !overdue && expiresAt !== null;
  const what = `${mention(requester)}: *${code(role)}* on ${place(scene)}`;
  const lines = [
    overdue
      ? `:rotating_light: *Overdue.* ${what}`
      : `:${mark}: ${what}${isUsable ? ` until ${when(expiresAt)}` : ''}`,
    ...(isUsable ? [] : [`${title}${trouble === null ? '' : `: ${inline(trouble, MAX_REASON)}`}`]),
    `${requestName(request.id)} · login ${code(login)}`,
  ];
  return [sectionWith(lines.join('\n'), canEnd(request) ? endButton(request, scene) : undefined)];
}
