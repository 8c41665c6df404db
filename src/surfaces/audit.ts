/** What the operators' channel is told of the audit trail. */
import { type Head, headName } from '../domain/audit-chain.js';
import { compose } from './blocks.js';
import type { Message } from './message.js';
import { code } from './text.js';

/** @param day as in `2026-11-21`. */
export function auditHead(head: Head, day: string): Message {
  return compose({
    mark: 'link',
    title: `Audit trail, ${day}`,
    paragraphs: [
      `The chain ends at ${code(headName(head))}.`,
      `Nothing is to be done. Whoever alters what was written until now makes ${code('hallpass audit verify --head …')} with this head fail.`,
    ],
    buttons: [],
    footer: 'audit, once a day',
  });
}
