/** What the operators are told: in their channel, once for each key, by whichever process is first. */
import type { Config } from '../../config/config.js';
import { insertOperatorNote, rewriteOperatorNote } from '../../ledger/messages/deliveries.js';
import type { Message } from '../../surfaces/kit/message.js';
import type { Deps } from '../deps.js';

/** @returns false when they were told before. */
export async function tellOperators(
  { db, config, outbox }: Pick<Deps, 'db' | 'config' | 'outbox'>,
  key: string,
  message: Message,
): Promise<boolean> {
  const news = await insertOperatorNote(db, { key, channel: config.slack.operatorsChannel, message });
  if (news) outbox.kick();
  return news;
}

/** As `tellOperators`; when they were told before, that message says this from now on. */
export async function keepOperatorsTold(
  deps: Pick<Deps, 'db' | 'config' | 'outbox'>,
  key: string,
  message: Message,
): Promise<void> {
  if (await tellOperators(deps, key, message)) return;
  await rewriteOperatorNote(deps.db, key, message);
  deps.outbox.kick();
}

/** How messages name a target: by its key, and as people call it. One that left the configuration has its key alone. */
export function namesOf(
  { targets }: Pick<Config, 'targets'>,
  target: string,
): { readonly target: string; readonly targetName: string } {
  return { target, targetName: targets.get(target)?.name ?? target };
}
