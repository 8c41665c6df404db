/** What the operators' channel is told when the configuration was read again. */
import { compose } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, truncate } from '../kit/text.js';

/** Lines that are listed; the rest is counted. */
const MAX_LINES = 20;
/** Of one of them, characters. */
const MAX_LINE = 200;

/**
 * @param changes one line each, as `3 roles added on Shop`.
 * @param later what has changed, and holds only after a restart.
 */
export function configurationRead(facts: {
  readonly hash: string;
  readonly changes: readonly string[];
  readonly later: readonly string[];
}): Message {
  const { hash, changes, later } = facts;
  return compose({
    mark: later.length === 0 ? 'gear' : 'warning',
    title: 'Hallpass read its configuration again',
    paragraphs: [
      ...(changes.length === 0
        ? ['Nothing in it has changed.']
        : [{ label: 'Changed:', words: listed(changes) }]),
      ...(later.length === 0
        ? []
        : [
            { label: 'These take effect only after a restart:', words: listed(later) },
            'Restart Hallpass when it suits you.',
          ]),
    ],
    footer: `configuration ${code(hash.slice(0, 12))}`,
  });
}

/** @param why a sentence or more, as it is on a terminal. */
export function configurationRefused(why: string): Message {
  return compose({
    mark: 'warning',
    title: 'Hallpass rejected its new configuration',
    paragraphs: [
      'The previous one stays in force, and nothing is lost. Hallpass can’t start with the new one either.',
      { label: 'Why:', words: listed(why.split('\n')) },
      `Correct it, try it with ${code('hallpass check')}, and send SIGHUP again.`,
    ],
    footer: 'configuration',
  });
}

function listed(lines: readonly string[]): string {
  const more = lines.length - MAX_LINES;
  return [
    ...lines.slice(0, MAX_LINES).map((line) => truncate(line, MAX_LINE)),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n');
}
