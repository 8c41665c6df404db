/** What people do on their Home beside deciding: open it, turn its pages, filter, and read what their click came to. */
import { coerceError } from '../../errors.js';
import { changeHome, openHome } from '../../ledger/messages/homes.js';
import { unreadHome } from '../../surfaces/home/home.js';
import type { List, Looking } from '../../surfaces/home/looking.js';
import type { Actor } from '../access.js';
import type { Deps } from '../deps.js';

type HomeDeps = Pick<Deps, 'db' | 'outbox' | 'homes' | 'messenger' | 'logger'>;

/** Shows it as the ledger says, and keeps it so for a day. @throws MessengerError when neither could be said. */
export function opened(deps: HomeDeps, { userId }: Actor): Promise<void> {
  return writing(deps, userId, null, () => openHome(deps.db, userId));
}

/** @param page counted from 0; past the end it is the last one. @throws as `opened` */
export function turnPage(deps: HomeDeps, { userId }: Actor, list: List, page: number): Promise<void> {
  return look(deps, userId, { [list]: page });
}

/** What the operators' part shows; who is no operator sees none of it. Null: all. @throws as `opened` */
export function filterHome(
  deps: HomeDeps,
  { userId }: Actor,
  filter: Partial<Pick<Looking, 'instance' | 'person'>>,
): Promise<void> {
  return look(deps, userId, { ...filter, all: 0 });
}

/** What was chosen in a menu there has been done: it can be chosen again. @throws as `opened` */
export function choseOnHome(deps: HomeDeps, { userId }: Actor): Promise<void> {
  return look(deps, userId, {});
}

/** Says on their Home what their click there came to; null: nothing more than the Home itself shows. @throws as `opened` */
export function noteOnHome(deps: HomeDeps, { userId }: Actor, notice: string | null): Promise<void> {
  return writing(deps, userId, notice, () => changeHome(deps.db, userId, { looking: null, notice }));
}

/** The menus are drawn as new ones: else Slack goes on showing what was chosen. */
function look(deps: HomeDeps, userId: string, change: Partial<Looking>): Promise<void> {
  return writing(deps, userId, null, () => changeHome(deps.db, userId, { looking: change, notice: null }));
}

/** While the ledger can't be written, the Home says so, and is drawn again when it can. */
async function writing(
  { outbox, homes, messenger, logger }: HomeDeps,
  userId: string,
  notice: string | null,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    logger.error({ err: coerceError(error), user: userId }, 'a Home could not be changed in the ledger');
    homes.openLater(userId, notice);
    await messenger.publishHome(userId, unreadHome(notice), null);
  }
  outbox.kick();
}
