/** What the operators are told when one of them ends access from the command line. */
import { requestName } from '../../domain/request/request.js';
import { compose } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, inline } from '../kit/text.js';
import { allOf, firstOf, plural } from '../kit/words.js';

/** Names in one message. */
const MAX_SHOWN = 5;

interface Facts {
  /** Those that hold access, or may. */
  readonly grants: readonly Named[];
  /** Those that waited for approval. */
  readonly pending: readonly Named[];
  readonly by: string;
  readonly because: string;
}

interface Named {
  readonly id: number;
  readonly target: string;
  readonly role: string;
  readonly login: string;
}

export function endedByOperator({ grants, pending, by, because }: Facts): Message {
  const all = [...grants, ...pending];
  const names = all.map(
    ({ id, target, role, login }) =>
      `${requestName(id)} (${code(role)} of ${code(login)} on ${inline(target, 100)})`,
  );
  return compose({
    mark: 'rotating_light',
    title: `An operator ${allOf([
      ...(grants.length > 0 ? [`ends ${plural(grants.length, 'grant')}`] : []),
      ...(pending.length > 0 ? [`cancels ${plural(pending.length, 'request')}`] : []),
    ])}`,
    paragraphs: [
      `${firstOf(names, MAX_SHOWN)}.`,
      { label: 'Operator:', words: `${by}: ${because}` },
      'Each card says when its access is confirmed gone.',
    ],
    footer: 'hallpass end',
  });
}
