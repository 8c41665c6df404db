/** What the operators are told of people whom Slack won't tell of. */
import { compose } from './blocks.js';
import type { Message } from './message.js';
import { code, mention, when } from './text.js';

/** @param why as Slack, or the way to it, said it. */
export function personUnread(facts: {
  readonly person: string;
  readonly since: Date;
  readonly why: string;
}): Message {
  return compose({
    mark: 'warning',
    title: 'Hallpass can’t tell whether somebody still has an account',
    paragraphs: [
      `Since ${when(facts.since)} Slack hasn’t said it of ${mention(facts.person)}. If they left, what they hold stays until its time is up.`,
      { label: 'Slack’s answer:', words: facts.why },
      'Look the account up in Slack. If it is deactivated or a guest’s, end their access from its cards. Hallpass goes on asking, and everybody else is looked after.',
    ],
    footer: `user ${code(facts.person)}`,
  });
}
