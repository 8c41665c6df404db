/**
 * A pending request always has someone who can decide it, or says why not. Hallpass watches whether approvers can see its
 * card, who they are by today's configuration and groups, and whether any of them can decide. A change is shown to the
 * requester and on the card, and approvers who can't see the card are asked another way.
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Count } from '../../domain/policy/count-approvals.js';
import { ASKED_AS_MADE, type Asking, MOST_ASKED_DIRECTLY } from '../../domain/request/asking.js';
import { rulesAfter } from '../../domain/request/escalation.js';
import { type AccessRequest, askedNow, rulesOf } from '../../domain/request/request.js';
import { readNow } from '../../ledger/audit/audit-chain.js';
import { moveCard, readWaitingCards, type WaitingCard } from '../../ledger/requests/read-asking.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { nobodyDecides } from '../../surfaces/request/who-decides.js';
import { change } from '../change.js';
import { countingUnder, type Today } from '../deciding/approvers-today.js';
import { recount } from '../deciding/count-approvals.js';
import type { Deps } from '../deps.js';
import { namesOf, tellOperators } from './operators.js';
import { createPeopleReader, type PeopleReader, peopleBehind } from './people-reader.js';
import { findDeciders } from './who-can-decide.js';

/** Requests looked at together. */
const BATCH = 500;
/** Quiet people who are known of. */
const MOST_QUIET = 1_000;

type AskingDeps = Pick<Deps, 'db' | 'config' | 'roles' | 'messenger' | 'outbox' | 'sweeps' | 'logger'>;

/** Looks at all that waits. */
export async function lookWhoDecides(deps: AskingDeps): Promise<void> {
  const reader = createPeopleReader(deps.messenger);
  let after = 0;
  for (;;) {
    const cards = await readWaitingCards(deps.db, { after, limit: BATCH });
    await look(deps, reader, cards, false);
    const last = cards.at(-1);
    if (last === undefined || cards.length < BATCH) return;
    after = last.id;
  }
}

/** Looks at a request that was just made. */
export async function lookWhoDecidesNew(deps: AskingDeps, id: number): Promise<void> {
  const cards = await readWaitingCards(deps.db, { after: id - 1, limit: 1 });
  await look(
    deps,
    createPeopleReader(deps.messenger),
    cards.filter((card) => card.id === id),
    true,
  );
}

async function look(
  deps: AskingDeps,
  reader: PeopleReader,
  waiting: readonly WaitingCard[],
  isNew: boolean,
): Promise<void> {
  if (waiting.length === 0) return;
  const cards = new Map(waiting.map((card) => [card.id, card]));
  const { requests } = await readRequests(deps.db, [...cards.keys()]);
  const wanted = new Map<number, { readonly looked: Looked; readonly instead: Asking | null }>();
  for (const request of requests) {
    const card = cards.get(request.id);
    if (request.state !== 'pending' || card === undefined) continue;
    const now = { request, card: await moved(deps, request, card), isNew };
    wanted.set(request.id, { looked: await askingNow(deps, reader, now), instead: request.asking });
  }
  const outcomes = await change(deps, [...wanted.keys()], (request) => {
    const seen = wanted.get(request.id);
    if (seen === undefined || request.state !== 'pending') return null;
    const { asking, count } = seen.looked;
    // Another look was quicker, and may have seen more: the next one sees what is so.
    if (!isDeepStrictEqual(request.asking, seen.instead)) return null;
    if (count !== null && !isDeepStrictEqual(request.approvals, seen.looked.counted)) return null;
    if (count === null && isDeepStrictEqual(asking, seen.instead ?? ASKED_AS_MADE)) return null;
    const others = !isDeepStrictEqual(askedNow({ ...request, asking }), askedNow(request));
    const mention = others && cards.get(request.id)?.posted === true;
    return { event: { type: 'asking', asking, mention, ...(count !== null && { count }) } };
  });
  for (const [id, outcome] of outcomes) {
    if (outcome.ok) deps.logger.warn({ request: id, ...outcome.request.asking }, 'who is asked has changed');
  }
  await tellUndecidable(
    deps,
    requests.flatMap((request) => {
      const nobody = wanted.get(request.id)?.looked.asking.nobody ?? [];
      return nobody.length === 0 ? [] : [{ request, nobody }];
    }),
  );
}

/** A card that could not be posted goes to the channel that is configured by now. */
async function moved(
  { db, roles }: AskingDeps,
  { id, target, role }: AccessRequest,
  card: WaitingCard,
): Promise<WaitingCard> {
  const channel = roles.role(target, role)?.channel ?? card.channel;
  if (card.posted || card.shut === null || channel === card.channel) return card;
  await moveCard(db, id, channel);
  return { ...card, channel, shut: null };
}

interface Looked {
  readonly asking: Asking;
  /** The approvals under today's rules, where these have changed; and those that were counted. */
  readonly count: Count | null;
  readonly counted: AccessRequest['approvals'];
}

async function askingNow(
  deps: AskingDeps,
  reader: PeopleReader,
  {
    request,
    card,
    isNew,
  }: { readonly request: AccessRequest; readonly card: WaitingCard; readonly isNew: boolean },
): Promise<Looked> {
  const before = request.asking ?? ASKED_AS_MADE;
  const policy = deps.roles.role(request.target, request.role)?.policy;
  const { danger, stepsTold } = request;
  const durationMs = Math.min(request.durationMs, policy?.maxMs ?? request.durationMs);
  const { rules, asked: approvers } =
    policy === undefined
      ? { rules: rulesOf(request), asked: askedNow(request) }
      : rulesAfter(policy, { durationMs, danger }, stepsTold);
  const isShut = card.shut !== null && !card.posted;
  const isDirect = isShut || policy?.notify === 'approvers';
  const quiet = new Set(isDirect ? await peopleBehind(reader, policy?.quiet ?? [], MOST_QUIET) : []);
  // Of each requester is asked once, and as long as it matters: Slack takes so many questions a minute.
  const thorough = isNew || isDirect || before.nobody.length > 0;
  const how = { most: isDirect ? MOST_ASKED_DIRECTLY + quiet.size : 1, thorough };
  const { people, nobody } = await findDeciders(deps, reader, request, rules, how);
  const asking = {
    approvers: isDeepStrictEqual(approvers, request.asked) ? null : approvers,
    unshown: isShut && card.shut !== null ? { channel: card.channel, ...card.shut } : null,
    directly: isDirect
      ? [...new Set([...before.directly, ...people.filter((id) => !quiet.has(id))])].slice(
          0,
          MOST_ASKED_DIRECTLY,
        )
      : before.directly,
    nobody,
  };
  const isAsBefore = isDeepStrictEqual(rules, rulesOf({ ...request, asking }));
  return {
    asking,
    count: isAsBefore ? null : await countAgain(deps, request, { rules, asked: approvers, danger }),
    counted: request.approvals,
  };
}

/** Null while Slack doesn't say what it takes: the rules stay as they were until then, and each click counts again. */
async function countAgain(deps: AskingDeps, request: AccessRequest, today: Today): Promise<Count | null> {
  const counting = await countingUnder(deps, request, today);
  return recount(deps, counting).catch(() => null);
}

/** Once a day for each role and reason, among all replicas. */
async function tellUndecidable(
  deps: AskingDeps,
  undecidable: readonly { readonly request: AccessRequest; readonly nobody: Asking['nobody'] }[],
): Promise<void> {
  if (undecidable.length === 0) return;
  const day = (await readNow(deps.db)).toISOString().slice(0, 10);
  const told = new Set<string>();
  for (const { request, nobody } of undecidable) {
    const about = createHash('sha256').update(JSON.stringify([request.target, request.role, nobody]));
    const key = `nobody:${about.digest('hex').slice(0, 16)}:${day}`;
    if (told.has(key)) continue;
    told.add(key);
    const { targetName } = namesOf(deps.config, request.target);
    await tellOperators(deps, key, nobodyDecides({ request, targetName, nobody }));
  }
}
