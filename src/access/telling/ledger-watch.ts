/**
 * Can this process read what it must read to revoke anything? Asked as a sweep asks. When it can't, its outbox is as
 * unreadable, so the operators hear of it straight from here, once a process for as long as it lasts, as well as can be.
 */
import { coerceError } from '../../errors.js';
import { assertReadable } from '../../ledger/schema/readable.js';
import type { Posted } from '../../messenger/messenger.js';
import {
  ledgerReadable,
  ledgerUnreadable,
  ledgerUnreadableSummary,
} from '../../surfaces/operators/ledger.js';
import type { Deps } from '../deps.js';
import { createPeopleReader, MOST_TOLD, peopleBehind } from './people-reader.js';

/** Told after so long, milliseconds: a ledger that restarts is no news. With the looks below, within a minute. */
const TELL_AFTER_MS = 20_000;
/** While it can't be read, it is looked at again after this long, milliseconds. */
const AGAIN_MS = 5_000;
/** All replicas say so by one incident. */
const PAGE = 'ledger';

export interface LedgerWatch {
  /** Looks, and tells. @returns milliseconds until the next look; null: at the next heartbeat. */
  look(): Promise<number | null>;
  /** What is missing right now, as `/readyz` says it; empty when the ledger can be read. */
  missing(): Promise<readonly string[]>;
}

type WatchDeps = Pick<Deps, 'db' | 'config' | 'messenger' | 'events' | 'logger'>;

/** @param brokeOff what ended the last sweep of some target before its time. */
export function createLedgerWatch(
  deps: WatchDeps,
  processName: string,
  brokeOff: () => Error | null,
): LedgerWatch {
  const { db, logger } = deps;
  /** Since when it can't be read, by this process's clock: the ledger's can't be asked. */
  let since: Date | null = null;
  let told: Told | null = null;

  const trouble = () =>
    assertReadable(db, processName).then(
      () => brokeOff(),
      (thrown: unknown) => coerceError(thrown),
    );

  async function resolved(until: Date): Promise<null> {
    if (since !== null && told !== null) {
      logger.info({ since }, 'the ledger can be read again');
      await withdraw(deps, told, ledgerReadable({ process: processName, since, until }));
    }
    since = null;
    told = null;
    return null;
  }

  return {
    async look() {
      const began = new Date();
      const error = await trouble();
      if (error === null) return resolved(new Date());
      since ??= began;
      if (told === null && Date.now() - since.getTime() >= TELL_AFTER_MS) {
        logger.error({ err: error, since }, 'the ledger can not be read: nothing is granted or revoked');
        told = await tell(deps, ledgerUnreadable({ process: processName, since, why: error.message }), error);
      }
      return AGAIN_MS;
    },
    async missing() {
      if ((await trouble()) === null) return [];
      return db.query('select 1').then(
        () => ['rows of the ledger that can be read'],
        () => ['the ledger'],
      );
    },
  };
}

/** Where it was told, as far as it was. */
interface Told {
  readonly messages: readonly Posted[];
  readonly paged: boolean;
}

/** @returns null when no message got out: it is tried again. */
async function tell(
  { config, messenger, events, logger }: WatchDeps,
  message: ReturnType<typeof ledgerUnreadable>,
  error: Error,
): Promise<Told | null> {
  const failed = (thrown: unknown) => {
    logger.error(
      { err: coerceError(thrown) },
      'the operators could not be told that the ledger can’t be read',
    );
    return null;
  };
  const page = {
    key: PAGE,
    open: true,
    summary: ledgerUnreadableSummary(error.message),
    details: { reason: error.message },
  };
  const [posted, paged] = await Promise.all([
    messenger.post(config.slack.operatorsChannel, message).catch(failed),
    events === null ? false : events.send(page).then(() => true, failed),
  ]);
  // Their channel takes nothing: each of them, as far as Hallpass knows them.
  const people =
    posted !== null ? [] : await peopleBehind(createPeopleReader(messenger), config.operators, MOST_TOLD);
  const directly = await Promise.all(people.map((person) => messenger.post(person, message).catch(failed)));
  const messages = [posted, ...directly].filter((each) => each !== null);
  return messages.length === 0 && paged !== true ? null : { messages, paged: paged === true };
}

async function withdraw(
  { messenger, events, logger }: WatchDeps,
  told: Told,
  message: ReturnType<typeof ledgerReadable>,
): Promise<void> {
  const failed = (thrown: unknown) =>
    logger.warn(
      { err: coerceError(thrown) },
      'the operators could not be told that the ledger can be read again',
    );
  await Promise.all([
    ...told.messages.map((each) => messenger.update(each, message).catch(failed)),
    told.paged
      ? events?.send({ key: PAGE, open: false, summary: message.text, details: {} }).catch(failed)
      : null,
  ]);
}
