/** What people are told of places in which Slack lets Hallpass post nothing. */
import { compose } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, inline, when } from '../kit/text.js';

/** A sentence about an error of Slack's. */
const MAX_WHY = 400;

/** Why something can't be posted, and what fixes it, in mrkdwn. */
export function sentences(why: string, fix: string | null): string {
  return inline([why, fix].filter(Boolean).join(' '), MAX_WHY);
}

interface Shut {
  /** A channel's id, or `D` for direct messages. */
  readonly place: string;
  readonly why: string;
  readonly fix: string | null;
  readonly since: Date;
}

function where(place: string): string {
  return place === 'D' ? 'direct messages' : `<#${place}>`;
}

function postIn(place: string): string {
  return place === 'D' ? 'send direct messages' : `post in ${where(place)}`;
}

/** For the operators: Slack lets nothing be posted there. @param home their own channel */
export function placeShut({ place, why, fix, since }: Shut, home: string): Message {
  const means =
    place === home
      ? 'That is the operators’ channel: what Hallpass has to say there comes to you by direct message until then.'
      : place === 'D'
        ? 'Hallpass can’t reach anybody by direct message: requesters read nothing about their requests.'
        : 'Requests whose card belongs there wait: their approvers are asked by direct message, as far as Hallpass knows them as people.';
  return compose({
    mark: 'warning',
    title: `Hallpass can’t ${postIn(place)}`,
    paragraphs: [
      sentences(why, fix),
      `${means} Hallpass tries again every 10 seconds, and posts what waits as soon as it can.`,
    ],
    footer: `${code(place)} · since ${when(since)}`,
  });
}

/** Replaces the message above. */
export function placeOpen({ place, since }: Shut): Message {
  return compose({
    mark: 'white_check_mark',
    title: `Hallpass can ${postIn(place)} again`,
    paragraphs: ['What waited is posted.'],
    footer: `${code(place)} · it could not since ${when(since)}`,
  });
}

/** Replaces it when what waited goes elsewhere, or is over. */
export function placeLeft({ place, since }: Shut): Message {
  return compose({
    mark: 'heavy_minus_sign',
    title: `Nothing is waiting for ${where(place)} anymore`,
    paragraphs: ['Hallpass could not post there. Its messages now go elsewhere or are no longer news.'],
    footer: `${code(place)} · since ${when(since)}`,
  });
}

/** For `/readyz`, in plain text. */
export function shutWarning({
  place,
  why,
  fix,
  waiting,
}: Omit<Shut, 'since'> & { readonly waiting: number }): string {
  const at = place === 'D' ? 'send no direct messages' : `post nothing in the channel ${place}`;
  return `Slack lets Hallpass ${at}: ${[why, fix].filter(Boolean).join(' ')} Messages that wait: ${waiting}.`;
}

export function nobodyToTellWarning(home: string): string {
  return `Hallpass's operators can't be told: their channel ${home} takes no message, and Hallpass knows none of them as a person. Name people (U…) under operators.`;
}

export function undecidableWarning(requests: number): string {
  return `Waiting requests that nobody can decide: ${requests}.`;
}
