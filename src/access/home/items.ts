/** Requests as Homes show them: each with what is known beside it. */

import type { Repeat } from '../../domain/policy/repeat.js';
import { previewResultSchema } from '../../domain/postgres/preview.js';
import { type Pause, pauseOn } from '../../domain/request/pause.js';
import { type AccessRequest, isInForce } from '../../domain/request/request.js';
import { readLatestOfEach } from '../../ledger/audit/history.js';
import { cardsOf } from '../../ledger/messages/deliveries.js';
import { LedgerError } from '../../ledger/pool.js';
import { readToShow, type Shown } from '../../ledger/targets/strays.js';
import type { HomeItem, ToDecide } from '../../surfaces/home/item.js';
import type { Deps } from '../deps.js';
import { sceneOf } from '../telling/message-of.js';

type ItemDeps = Pick<Deps, 'config' | 'db' | 'roles' | 'messenger' | 'logger'>;

/** By id. One that this release can't read is left out, and hides no other. */
export async function readItems(
  deps: ItemDeps,
  ids: readonly number[],
  pauses: readonly Pause[],
): Promise<ReadonlyMap<number, HomeItem>> {
  const shown = await readEach(deps, [...new Set(ids)]);
  const held = shown.flatMap(({ request }) => (isInForce(request) ? [request.id] : []));
  const granted = await readLatestOfEach(deps.db, held, 'granted');
  return new Map(
    shown.map(({ request, strays }) => {
      const waits = request.state === 'pending' || request.state === 'granting';
      const scene = {
        ...sceneOf(deps, request),
        strays,
        pause: waits ? pauseOn(pauses, request.target) : null,
        setRoleFirst: isSetRoleFirst(granted.get(request.id)),
      };
      return [request.id, { request, scene }];
    }),
  );
}

async function readEach(
  deps: Pick<ItemDeps, 'db' | 'logger'>,
  ids: readonly number[],
): Promise<readonly Shown[]> {
  try {
    return await readToShow(deps.db, ids);
  } catch (thrown) {
    const [only, ...more] = ids;
    if (!(thrown instanceof LedgerError) || thrown.passing || only === undefined) throw thrown;
    if (more.length === 0) {
      deps.logger.warn({ err: thrown, request: only }, 'a request is left out of a Home');
      return [];
    }
    const half = Math.ceil(ids.length / 2);
    const parts = [ids.slice(0, half), ids.slice(half)].map((part) => readEach(deps, part));
    return (await Promise.all(parts)).flat();
  }
}

/** The login has nothing of the role before SET ROLE. */
function isSetRoleFirst(event: unknown): boolean {
  return (
    typeof event === 'object' && event !== null && 'setRoleFirst' in event && event.setRoleFirst === true
  );
}

export async function toDecide(deps: ItemDeps, items: readonly HomeItem[]): Promise<readonly ToDecide[]> {
  if (items.length === 0) return [];
  const ids = items.map(({ request }) => request.id);
  const [previews, cards, url] = await Promise.all([
    readLatestOfEach(deps.db, ids, 'previewed'),
    cardsOf(deps.db, ids),
    // Without it the card is not linked.
    deps.messenger.whoAmI().then(
      (known) => known.url,
      () => null,
    ),
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

/** The request under which something is approved again. */
export function withRepeat({ request, scene }: HomeItem, made: Repeat): HomeItem {
  return { request, scene: { ...scene, again: { repeatMs: null, made, lost: null } } };
}

/** In this order; what was not read is left out. */
export function inOrder(
  ids: readonly (number | AccessRequest)[],
  items: ReadonlyMap<number, HomeItem>,
): readonly HomeItem[] {
  return ids.flatMap((each) => items.get(typeof each === 'number' ? each : each.id) ?? []);
}
