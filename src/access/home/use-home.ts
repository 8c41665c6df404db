/** What people do on their Home beside deciding: open it, turn its pages, and read what their click came to. */
import { changeHome, openHome, readLooking } from '../../ledger/messages/homes.js';
import { type List, toLooking } from '../../surfaces/home/looking.js';
import type { Actor } from '../access.js';
import type { Deps } from '../deps.js';

type HomeDeps = Pick<Deps, 'db' | 'outbox'>;

/** Shows it as the ledger says, and keeps it so for a day. */
export async function opened({ db, outbox }: HomeDeps, { userId }: Actor): Promise<void> {
  await openHome(db, userId);
  outbox.kick();
}

/** @param page counted from 0; past the end it is the last one. */
export async function turnPage(
  { db, outbox }: HomeDeps,
  { userId }: Actor,
  list: List,
  page: number,
): Promise<void> {
  const looking = { ...toLooking(await readLooking(db, userId)), [list]: page };
  await changeHome(db, userId, { looking, notice: null });
  outbox.kick();
}

/** Says on their Home what their click there came to; null: nothing more than the Home itself shows. */
export async function noteOnHome(
  { db, outbox }: HomeDeps,
  { userId }: Actor,
  notice: string | null,
): Promise<void> {
  await changeHome(db, userId, { looking: null, notice });
  outbox.kick();
}
