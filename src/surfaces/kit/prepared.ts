import type { AccessRequest } from '../../domain/request/request.js';
import { footer, place } from '../request/state-words.js';
import { compose } from './blocks.js';
import type { Message, Scene } from './message.js';
import { code } from './text.js';
import { firstOf } from './words.js';

/** Names in one message. */
const MAX_SHOWN = 5;

/**
 * In the thread of the card: transactions that the login had prepared when its grant ended. Their COMMIT PREPARED
 * still succeeds (PostgreSQL documentation, "PREPARE TRANSACTION"), and only their owner can roll them back.
 */
export function preparedLeft(request: AccessRequest, scene: Scene, names: readonly string[]): Message {
  return compose({
    mark: 'warning',
    title: 'Prepared transactions are left',
    paragraphs: [
      `${code(request.login)} still has prepared transactions on ${place(scene)}: ${firstOf(names.map(code), MAX_SHOWN)}. What was done in them during the grant takes effect when they are committed.`,
      'If nobody waits for them, a database administrator ends each with ROLLBACK PREPARED.',
    ],
    footer: footer(request),
  });
}
