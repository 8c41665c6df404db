/** What somebody's Home shows, as the ledger and today's configuration say. */
import { previewResultSchema } from '../../domain/postgres/preview.js';
import { pauseOn } from '../../domain/request/pause.js';
import { readLatestOfEach } from '../../ledger/audit/history.js';
import { cardsOf } from '../../ledger/messages/deliveries.js';
import type { ClaimedHome } from '../../ledger/messages/homes.js';
import { type PageOfIds, readOfPerson } from '../../ledger/requests/of-person.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import { readToShow, type Shown } from '../../ledger/targets/strays.js';
import type { Person } from '../../messenger/messenger.js';
import { notEligible } from '../../surfaces/forms/form-words.js';
import type { HomeFacts } from '../../surfaces/home/home.js';
import type { HomeItem, ToDecide } from '../../surfaces/home/item.js';
import type { Page } from '../../surfaces/home/list.js';
import { toLooking } from '../../surfaces/home/looking.js';
import { targetMenu } from '../asking/menus.js';
import { unfit } from '../deciding/accounts.js';
import type { Deps } from '../deps.js';
import { sceneOf } from '../telling/message-of.js';
import { undecidedFor } from './to-decide.js';

type HomeDeps = Pick<Deps, 'config' | 'db' | 'roles' | 'messenger' | 'logger'>;

/** Of each list on one page: three blocks each, in a hundred. */
const SIZE = 5;

/** @throws MessengerError when Slack doesn't say who this is; LedgerError. */
export async function readHome(
  deps: HomeDeps,
  { person: id, looking: kept, notice }: ClaimedHome,
): Promise<HomeFacts> {
  const { db } = deps;
  const person = await deps.messenger.person(id);
  const why = unfit(person);
  const looking = toLooking(kept);
  const [mine, undecided, pauses, menu] = await Promise.all([
    readMine(deps, person, looking),
    why === null ? undecidedFor(deps, person) : [],
    readPauses(db),
    targetMenu(deps, person),
  ]);
  const waiting = pageOf(undecided, looking.decide);
  const ids = [...mine.held.ids, ...mine.asked.ids, ...waiting.items.map((request) => request.id)];
  const shown = new Map((await readToShow(db, ids)).map((each) => [each.request.id, each]));
  const itemsOf = (some: readonly number[]): readonly HomeItem[] =>
    some.flatMap((one) => {
      const each = shown.get(one);
      return each === undefined ? [] : [{ request: each.request, scene: sceneWith(deps, each, pauses) }];
    });
  return {
    reader: id,
    notice,
    unfit: why === null ? null : notEligible(why),
    held: { ...mine.held, items: itemsOf(mine.held.ids) },
    decide: { ...waiting, items: await toDecide(deps, itemsOf(waiting.items.map((request) => request.id))) },
    asked: { ...mine.asked, items: itemsOf(mine.asked.ids) },
    mayAsk: {
      instances: menu.items.map(({ name }) => name),
      why: 'why' in menu ? menu.why : null,
      command: deps.config.slack.command,
    },
  };
}

type Numbered = Omit<Page<unknown>, 'items'> & { readonly ids: readonly number[] };

/** A page that is past the end, because something ended meanwhile, is the last one. */
async function readMine(
  { db }: HomeDeps,
  { id }: Person,
  looking: { readonly held: number; readonly asked: number },
): Promise<{ readonly held: Numbered; readonly asked: Numbered }> {
  const at = (page: { readonly held: number; readonly asked: number }) =>
    readOfPerson(db, id, { held: page.held * SIZE, asked: page.asked * SIZE }, SIZE);
  const first = await at(looking);
  const last = { held: lastPage(first.held), asked: lastPage(first.asked) };
  const pages = { held: Math.min(looking.held, last.held), asked: Math.min(looking.asked, last.asked) };
  const read = pages.held === looking.held && pages.asked === looking.asked ? first : await at(pages);
  const numbered = (page: number, { ids, total }: PageOfIds): Numbered => ({
    ids,
    total,
    page,
    pages: lastPage({ total }) + 1,
  });
  return { held: numbered(pages.held, read.held), asked: numbered(pages.asked, read.asked) };
}

function lastPage({ total }: { readonly total: number }): number {
  return Math.max(0, Math.ceil(total / SIZE) - 1);
}

function pageOf<T>(all: readonly T[], wanted: number): Page<T> {
  const last = lastPage({ total: all.length });
  const page = Math.min(wanted, last);
  return { items: all.slice(page * SIZE, (page + 1) * SIZE), total: all.length, page, pages: last + 1 };
}

function sceneWith(
  deps: HomeDeps,
  { request, strays }: Shown,
  pauses: Awaited<ReturnType<typeof readPauses>>,
): HomeItem['scene'] {
  const waits = request.state === 'pending' || request.state === 'granting';
  return { ...sceneOf(deps, request), strays, pause: waits ? pauseOn(pauses, request.target) : null };
}

async function toDecide(deps: HomeDeps, items: readonly HomeItem[]): Promise<readonly ToDecide[]> {
  if (items.length === 0) return [];
  const ids = items.map(({ request }) => request.id);
  const [previews, cards, { url }] = await Promise.all([
    readLatestOfEach(deps.db, ids, 'previewed'),
    cardsOf(deps.db, ids),
    deps.messenger.whoAmI(),
  ]);
  return items.map((item) => {
    const card = cards.get(item.request.id);
    return {
      ...item,
      preview: previewResultSchema.safeParse(previews.get(item.request.id)).data ?? null,
      cardUrl: card === undefined || url === null ? null : permalink(url, card),
    };
  });
}

/** Slack's link to a message (docs.slack.dev, chat.getPermalink shows the form). */
function permalink(url: string, { channel, ts }: { readonly channel: string; readonly ts: string }): string {
  return `${url}archives/${channel}/p${ts.replace('.', '')}`;
}
