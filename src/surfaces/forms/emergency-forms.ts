/** The forms of an emergency: the box in the request form, what asks once more, and what a reviewer fills in. */
import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { sayDuration } from '../../domain/duration.js';
import type { Verdict } from '../../domain/policy/emergency.js';
import type { Principal } from '../../domain/policy/policy.js';
import { type AccessRequest, isInForce, requestName } from '../../domain/request/request.js';
import { plain, section } from '../kit/blocks.js';
import { ACTIONS, BLOCKS, emergencyBlock, MAX_REASON, VIEWS } from '../kit/ids.js';
import type { Scene } from '../kit/message.js';
import { code, mentions, ownWords, plainName, truncate } from '../kit/text.js';
import { firstOf } from '../kit/words.js';
import { used } from '../operators/emergencies.js';
import { place } from '../request/state-words.js';
import { channelLinks } from './form-words.js';
import type { RoleChoice } from './request-form.js';

/** Reviewers in a hint; the rest is counted. */
const MAX_LISTED = 3;
/** An input's hint takes 2000; more is not read. */
const MAX_HINT = 300;

/** What breaking the glass means for a role; milliseconds. */
export interface EmergencyChoice {
  readonly maxMs: number;
  readonly review: readonly Principal[];
}

/** Nothing where it isn't for this person. */
export function emergencyInput(form: {
  readonly role: RoleChoice | null;
  readonly emergency: EmergencyChoice | null;
}): readonly InputBlock[] {
  const { role, emergency } = form;
  if (role === null || emergency === null) return [];
  const reviewers = firstOf(
    emergency.review.map(({ id, name }) => plainName(name === null ? id : `@${name}`, 80)),
    MAX_LISTED,
  );
  return [
    {
      type: 'input',
      block_id: emergencyBlock(role.role),
      optional: true,
      label: plain('Is this an emergency?'),
      hint: plain(
        truncate(
          `For ${sayDuration(emergency.maxMs)} at most. Operators are told, and ${reviewers} will say whether it was justified.`,
          MAX_HINT,
        ),
      ),
      element: {
        type: 'checkboxes',
        action_id: ACTIONS.emergency,
        options: [{ text: plain('Emergency: grant it at once, without approval'), value: 'emergency' }],
      },
    },
  ];
}

/** Says once more what is about to happen; only sending this makes the request. */
export function emergencyModal(facts: {
  readonly scene: Pick<Scene, 'targetName' | 'environment'>;
  readonly role: string;
  readonly login: string;
  readonly durationMs: number;
  readonly reason: string;
  readonly review: readonly Principal[];
  /** Slack channels that are told. */
  readonly channels: readonly string[];
  readonly isPaged: boolean;
  /** What `private_metadata` keeps. */
  readonly kept: string;
}): ModalView {
  const { scene, role, login, durationMs, reason, review, channels, isPaged, kept } = facts;
  const paged = isPaged ? ' PagerDuty pages Hallpass’s operators.' : '';
  return {
    type: 'modal',
    callback_id: VIEWS.emergency,
    title: plain('Break the glass?'),
    submit: plain('Break glass'),
    close: plain('Back'),
    private_metadata: kept,
    blocks: [
      section(
        `You get ${code(role)} on ${place(scene)} at once, as ${code(login)}, for at most ${sayDuration(durationMs)}. *Nobody approves it first.*`,
      ),
      section(
        `Told at once: ${channelLinks(channels)}.${paged}\nAfterwards ${mentions(review)} will be asked whether it was justified, until someone other than you answers.`,
      ),
      plainSection(`Your reason: ${ownWords(reason, MAX_REASON)}`),
      section('If this can wait for an approver, go back and clear the box.'),
    ],
  };
}

/** In the place of the question, when it can't be granted. Going back leads to the form as it was filled in. */
export function emergencyRefused(why: string): ModalView {
  return {
    type: 'modal',
    callback_id: VIEWS.emergency,
    title: plain('Not granted'),
    close: plain('Back'),
    blocks: [plainSection(truncate(why, 3_000))],
  };
}

/** A reviewer says why. @param kept what `private_metadata` keeps. */
export function judgeModal(
  request: AccessRequest,
  verdict: Verdict,
  scene: Pick<Scene, 'targetName' | 'environment'>,
  kept: string,
): ModalView {
  const label = verdict === 'justified' ? 'Justified' : 'Not justified';
  const then = isInForce(request)
    ? 'It doesn’t end the access. End access, on its card, does.'
    : 'It can’t be changed later.';
  return {
    type: 'modal',
    callback_id: VIEWS.judge,
    title: plain(`Review ${truncate(requestName(request.id), 17)}`),
    submit: plain(label),
    close: plain('Cancel'),
    private_metadata: kept,
    blocks: [
      section(used(request, scene)),
      plainSection(`Reason: ${ownWords(request.reason, MAX_REASON)}`),
      {
        type: 'input',
        block_id: BLOCKS.words,
        label: plain(`${label}: why?`),
        hint: plain(`One sentence, shown on the card and to the person who used it. ${then}`),
        element: { type: 'plain_text_input', action_id: ACTIONS.words, max_length: MAX_REASON },
      },
    ],
  };
}

function plainSection(text: string): KnownBlock {
  return { type: 'section', text: plain(text) };
}
