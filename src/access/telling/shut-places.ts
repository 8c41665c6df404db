/**
 * Channels in which Slack lets Hallpass post nothing. The operators are told once of each what is wrong and what fixes it:
 * in their channel, or each of them by direct message when it is their channel that is shut. `/readyz` says it, too.
 */

import { insertOperatorNote, rewriteOperatorNote } from '../../ledger/messages/deliveries.js';
import { copyToOperators, moveOperatorNotes } from '../../ledger/messages/operator-copies.js';
import { forgetShut, readShut, type ShutPlace } from '../../ledger/messages/shut-places.js';
import type { Queryable } from '../../ledger/pool.js';
import { countUndecidable } from '../../ledger/requests/read-asking.js';
import {
  nobodyToTellWarning,
  placeLeft,
  placeOpen,
  placeShut,
  shutWarning,
  undecidableWarning,
} from '../../surfaces/operators/shut-places.js';
import type { Deps } from '../deps.js';
import { createPeopleReader, MOST_TOLD, peopleBehind } from './people-reader.js';

/** Messages that they get so, the newest. */
const MOST_COPIED = 20;

export interface Places {
  /** Looks which are shut, and tells of it. */
  look(): Promise<void>;
  /** What people are waiting for in vain, in sentences, for `/readyz`. */
  warnings(): Promise<readonly string[]>;
}

/** The places that are shut now, and how many requests nobody can decide. */
export async function readWaiting(
  db: Queryable,
): Promise<{ readonly shut: readonly ShutPlace[]; readonly undecidable: number }> {
  const [places, undecidable] = await Promise.all([readShut(db), countUndecidable(db)]);
  return { shut: places.filter(({ isOpen }) => !isOpen), undecidable };
}

export function createPlaces(deps: Pick<Deps, 'db' | 'config' | 'messenger' | 'outbox' | 'logger'>): Places {
  const { db, config, logger, outbox } = deps;
  const home = config.slack.operatorsChannel;
  /** The operators' channel is shut, and Hallpass knows no operator to tell directly. */
  let nobodyToTell = false;

  async function tell(shut: ShutPlace): Promise<boolean> {
    const key = `shut:${shut.place}:${shut.since.getTime()}`;
    if (shut.isOpen) {
      await rewriteOperatorNote(db, key, placeOpen(shut));
      await forgetShut(db, shut);
      return true;
    }
    // Nothing would tell whether it is open again; the next message that is posted there does.
    if (shut.waiting === 0) {
      await rewriteOperatorNote(db, key, placeLeft(shut));
      await forgetShut(db, shut);
      return true;
    }
    const news = await insertOperatorNote(db, { key, channel: home, message: placeShut(shut, home) });
    if (news)
      logger.error({ channel: shut.place, code: shut.code, why: shut.why }, 'Slack takes no message there');
    return news;
  }

  /** What the operators can't read in their channel, they get one by one. */
  async function tellDirectly(): Promise<boolean> {
    const people = await peopleBehind(createPeopleReader(deps.messenger), config.operators, MOST_TOLD);
    if (people.length === 0 && !nobodyToTell) {
      logger.error(
        { channel: home },
        'the operators can not be told: their channel is shut, and Hallpass knows none of them',
      );
    }
    nobodyToTell = people.length === 0;
    return copyToOperators(db, home, people, MOST_COPIED);
  }

  return {
    async look() {
      let news = false;
      const places = await readShut(db);
      for (const shut of places) news = (await tell(shut)) || news;
      const closed = places.filter(({ isOpen }) => !isOpen).map(({ place }) => place);
      for (const former of closed) {
        if (former !== home && former !== 'D') await moveOperatorNotes(db, former, home);
      }
      if (closed.includes(home)) news = (await tellDirectly()) || news;
      else nobodyToTell = false;
      if (news) outbox.kick();
    },
    async warnings() {
      const { shut, undecidable } = await readWaiting(db);
      const isHomeShut = shut.some(({ place }) => place === home);
      return [
        ...shut.map(shutWarning),
        ...(isHomeShut && nobodyToTell ? [nobodyToTellWarning(home)] : []),
        ...(undecidable > 0 ? [undecidableWarning(undecidable)] : []),
      ];
    },
  };
}
