import { coerceError } from '../../errors.js';
import { type Delivery, directChannelOf } from '../../ledger/messages/deliveries.js';
import { MessengerError } from '../../messenger/errors.js';
import type { Posted } from '../../messenger/messenger.js';
import type { Deps } from '../deps.js';

/**
 * Where it stands already, when the answer to an attempt to post it was lost: Slack kept its key with it. null when it
 * stands nowhere, or when the app has no scope to look there: then a second one is posted beside it.
 */
export async function findLost(
  { db, messenger, logger }: Pick<Deps, 'db' | 'messenger' | 'logger'>,
  { key, recipient, posted, triedAt }: Delivery,
  thread: string | undefined,
): Promise<Posted | null> {
  if (posted !== null || triedAt === null) return null;
  const channel = /^[UW]/.test(recipient) ? await directChannelOf(db, recipient) : recipient;
  if (channel === null) return null;
  try {
    const [newest, ...others] = await messenger.find({ channel, thread }, key, triedAt);
    for (const other of others) await messenger.delete(other);
    return newest ?? null;
  } catch (thrown) {
    if (thrown instanceof MessengerError && thrown.passing) throw thrown;
    const why = coerceError(thrown).message;
    logger.info({ delivery: key, channel, why }, 'Hallpass can not look whether a message was posted');
    return null;
  }
}
