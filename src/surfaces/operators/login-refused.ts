/** What the operators are told of a server that turns Hallpass away. */
import { compose } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, inline, when } from '../kit/text.js';
import { footer, type OnTarget } from './on-target.js';

interface Facts extends OnTarget {
  readonly since: Date;
}

/** @param facts `why` and `nextStep`: sentences, which may quote the server. */
export function loginRefused(
  facts: Facts & { readonly why: string; readonly nextStep: string | null },
): Message {
  return compose({
    mark: 'rotating_light',
    title: `Hallpass can’t log in on ${inline(facts.targetName, 150)}`,
    paragraphs: [
      `Since ${when(facts.since)} nothing is granted or revoked there. What is approved waits, for 15 minutes at most; what is due to be revoked stays in force.`,
      { label: 'Why:', words: facts.why },
      ...(facts.nextStep === null ? [] : [{ label: 'What helps:', words: facts.nextStep }]),
      `${code(`hallpass check ${facts.target}`)} tries it. Hallpass continues by itself once it works.`,
    ],
    footer: footer(facts),
  });
}

/** Replaces the former. */
export function loggedInAgain({
  target,
  targetName,
  since,
  until,
}: Facts & { readonly until: Date }): Message {
  return compose({
    mark: 'white_check_mark',
    title: `Hallpass can log in on ${inline(targetName, 150)} again`,
    paragraphs: [`It could not from ${when(since)} to ${when(until)}. What was due meanwhile is being done.`],
    footer: footer({ target, targetName }),
  });
}
