/** What someone's Home shows, as the ledger and today's configuration say. */
import type { ClaimedHome } from '../../ledger/messages/homes.js';
import { readOfPerson } from '../../ledger/requests/of-person.js';
import { readRepeatsOf } from '../../ledger/requests/repeats.js';
import type { Person } from '../../messenger/messenger.js';
import { notEligible } from '../../surfaces/forms/form-words.js';
import type { HomeFacts } from '../../surfaces/home/home.js';
import { type Looking, toLooking } from '../../surfaces/home/looking.js';
import type { MayAsk } from '../../surfaces/home/may-ask.js';
import { groupsNotSaid, personNotSaid } from '../../surfaces/home/unsaid.js';
import { targetMenu } from '../asking/menus.js';
import { unfit, whyUnsaid } from '../deciding/accounts.js';
import type { Deps } from '../deps.js';
import { inOrder, readItems, toDecide, withRepeat } from './items.js';
import { pageOf, placeOf, readPage } from './pages.js';
import type { Round } from './round.js';
import { type ForThem, readForThem } from './to-decide.js';

type HomeDeps = Pick<Deps, 'config' | 'db' | 'roles' | 'messenger' | 'logger'>;

/** Of each list on one page: three blocks each at most, in a hundred. */
const SIZE = 5;
/** Slack is asked again so long after it didn't answer, milliseconds. */
const ASK_AGAIN_MS = 30_000;

export interface ReadHome {
  readonly facts: HomeFacts;
  /** It shows, or may come to show, what others ask for or have. */
  readonly ofOthers: boolean;
  /** When it changes because time passes, milliseconds from now; null: not by itself. */
  readonly changesInMs: number | null;
}

const NOTHING: ForThem = { decide: [], review: [], isOperator: false, ofOthers: false, unread: [] };

/** @throws LedgerError, and what the ledger's connection throws. */
export async function readHome(
  deps: HomeDeps,
  { person: id, looking: kept, notice }: Pick<ClaimedHome, 'person' | 'looking' | 'notice'>,
  round: Round,
): Promise<ReadHome> {
  const looking = toLooking(kept);
  const person = await personOf(deps, id);
  const why = person === null ? personNotSaid(deps.messenger.whyUnsaid(id)) : sayUnfit(person);
  const fit = why === null ? person : null;
  const [mine, forThem, repeats, mayAsk, pauses] = await Promise.all([
    readMine(deps, id, looking),
    fit === null ? NOTHING : readForThem(deps, fit, round),
    readRepeats(deps, id, looking.repeats),
    fit === null ? null : mayAskOf(deps, fit, looking),
    round.pauses(),
  ]);
  const decide = pageOf(forThem.decide, looking.decide, SIZE);
  const review = pageOf(forThem.review, looking.review, SIZE);
  const own = [...mine.held.items, ...mine.asked.items, ...repeats.items.map((each) => each.requestId)];
  const others = [...decide.items, ...review.items].map((request) => request.id);
  const [items, operators] = await Promise.all([
    readItems(deps, [...own, ...others], pauses),
    forThem.isOperator ? round.operators(looking) : null,
  ]);
  const facts: HomeFacts = {
    reader: id,
    notice,
    unfit: why,
    unread:
      forThem.unread.length === 0 ? null : groupsNotSaid(forThem.unread, whyUnsaid(deps, forThem.unread)),
    held: { ...mine.held, items: inOrder(mine.held.items, items) },
    decide: { ...decide, items: await toDecide(deps, inOrder(decide.items, items)) },
    review: { ...review, items: inOrder(review.items, items) },
    asked: { ...mine.asked, items: inOrder(mine.asked.items, items) },
    repeats: {
      ...repeats,
      items: repeats.items.flatMap((made) => {
        const item = items.get(made.requestId);
        return item === undefined ? [] : [withRepeat(item, made)];
      }),
    },
    mayAsk,
    operators: operators === null ? null : { ...operators.part, choices: looking.choices },
  };
  const unsaid = person === null || forThem.unread.length > 0;
  const changes = [operators?.changesInMs ?? null, repeats.endsInMs, unsaid ? ASK_AGAIN_MS : null];
  const due = changes.filter((ms) => ms !== null);
  return {
    facts,
    // Whoever chose a repeat sees when it ends.
    ofOthers: forThem.ofOthers || person === null || repeats.items.some((each) => each.requester !== id),
    changesInMs: due.length === 0 ? null : Math.max(0, Math.min(...due)),
  };
}

/** Null when Slack doesn't say who this is: then they still see what they hold, and can give it up. */
async function personOf({ messenger, logger }: HomeDeps, id: string): Promise<Person | null> {
  try {
    return await messenger.person(id);
  } catch (error) {
    logger.warn({ err: error, user: id }, 'Slack did not say whose Home this is');
    return null;
  }
}

function sayUnfit(person: Person): string | null {
  const why = unfit(person);
  return why === null ? null : notEligible(why);
}

async function mayAskOf(deps: HomeDeps, person: Person, looking: Looking): Promise<MayAsk> {
  const menu = await targetMenu(deps, person);
  return {
    instances: menu.items.map(({ name }) => name),
    why: 'why' in menu ? menu.why : null,
    command: deps.config.slack.command,
    choices: looking.choices,
  };
}

async function readMine({ db }: HomeDeps, id: string, looking: Pick<Looking, 'held' | 'asked'>) {
  const read = (held: number, asked: number) =>
    readOfPerson(db, id, { held: held * SIZE, asked: asked * SIZE }, SIZE);
  const first = await read(looking.held, looking.asked);
  const held = placeOf(first.held.total, looking.held, SIZE);
  const asked = placeOf(first.asked.total, looking.asked, SIZE);
  const isPast = held.page !== looking.held || asked.page !== looking.asked;
  const last = isPast ? await read(held.page, asked.page) : first;
  return { held: { ...held, items: last.held.ids }, asked: { ...asked, items: last.asked.ids } };
}

async function readRepeats({ db }: HomeDeps, id: string, wanted: number) {
  const { read, ...page } = await readPage(wanted, SIZE, async (skip) => {
    const { repeats, ...rest } = await readRepeatsOf(db, id, skip, SIZE);
    return { ...rest, items: repeats };
  });
  return { ...page, endsInMs: read.endsInMs };
}
