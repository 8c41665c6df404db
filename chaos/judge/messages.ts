/** Of what people see in Slack at the end: each requester is told, and what stands there is so. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Actor, buttonsOf, type SeenMessage, type Slack } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all } from '../../sandbox/stage/people.js';
import type { LedgerRequest } from '../ledger.js';
import type { Verdict } from '../report.js';

/** What a message says of a request in this state. */
const SAYS: Readonly<Record<string, RegExp>> = {
  pending: /Waiting for approval/,
  active: /Granted|You have|Emergency access until/,
  denied: /Denied by/,
  withdrawn: /Canceled by/,
  lapsed: /Lapsed: nobody decided/,
  failed: /Failed: nothing was granted/,
  ended: /Ended|ended by/i,
};

/** What the requester of an emergency reads last, when it was reviewed. */
const SAYS_OF_REVIEW = {
  justified: /emergency access was justified, says/,
  not_justified: /emergency access was not justified, says/,
} as const;

/** What operators are told when something is not as Hallpass left it; nothing of it happens in a run. */
const ALARMING =
  /nothing explains|another server|another installation|not as .* remembers|another login|logs in as/i;

/** Of targets whose server was another one for a while, operators hear rightly. */
const MOVED = /\b(harbor|depot)\b/i;

export interface Shown {
  readonly verdicts: readonly Verdict[];
  /** Older copies of a message whose answer was lost, and how many of them a click could not remove. */
  readonly twins: number;
}

/**
 * @param repeated ids of those that are approved again: their messages have the button that ends that
 * @param verdicts of emergencies that were reviewed, by id
 */
export async function judgeMessages(
  slack: Slack,
  requests: readonly LedgerRequest[],
  repeated: ReadonlySet<string>,
  verdicts: ReadonlyMap<string, keyof typeof SAYS_OF_REVIEW>,
): Promise<Shown> {
  const pages = new Map<string, Page>();
  const untold: string[] = [];
  const stale: string[] = [];
  const stubborn: string[] = [];
  let twins = 0;
  for (const request of requests) {
    const surfaces = [
      { where: CHANNELS.access, reader: slack.as(CAST.eve), what: 'card', presser: slack.as(CAST.olga) },
      {
        where: 'dm',
        reader: slack.as(request.requester),
        what: 'message',
        presser: slack.as(request.requester),
      },
    ];
    for (const { where, reader, what, presser } of surfaces) {
      // Those who asked can ask again in their own messages; a card offers that to nobody.
      const mayStay = new Set([
        ...(repeated.has(request.id) ? ['End repeat'] : []),
        ...(what === 'message' ? ['Ask again'] : []),
      ]);
      const verdict = what === 'message' ? verdicts.get(request.id) : undefined;
      const says = [SAYS[request.state], verdict && SAYS_OF_REVIEW[verdict]].filter(
        (each) => each !== undefined,
      );
      const isRight = (message: SeenMessage) =>
        says.some((each) => each.test(all(message))) && !hasStrayButton(request, message, mayStay);
      const key = where === 'dm' ? request.requester : where;
      const page = pages.get(key) ?? readPage(reader, where);
      pages.set(key, page);
      const about = page.get(request.id) ?? [];
      const wrong = about.filter((message) => !isRight(message));
      const isTold = wrong.length < about.length;
      if (!isTold) untold.push(`${request.id} is ${request.state}, ${what}`);
      const newest = about.at(-1);
      if (what === 'card' && newest !== undefined && !isTold) {
        stale.push(`${request.id} is ${request.state}, and its card says: ${headline(newest)}`);
      }
      // Of two whose answers were lost, Hallpass edits the one that was clicked first: it may be the older one.
      const copies = wrong.filter((message) => isTold || message !== newest);
      twins += copies.length;
      for (const copy of copies) {
        const [button] = buttonsOf(copy.blocks);
        if (button === undefined) continue;
        const isGone = () =>
          !(readPage(reader, where).get(request.id) ?? []).some(
            (left) => left.ts === copy.ts && !isRight(left),
          );
        await clickUntilHeard(presser, copy, button);
        if (!(await slack.waitFor(isGone).catch(() => false))) {
          stubborn.push(
            `${request.id} is ${request.state}, and a ${what} (${copy.ts}) still says: ${headline(copy)}`,
          );
        }
      }
    }
    // This process is Slack as well, and its sockets are pinged.
    await nextTurn();
  }
  const alarms = slack
    .as(CAST.olga)
    .messages(CHANNELS.operators)
    .filter((message) => ALARMING.test(all(message)) && !MOVED.test(all(message)));
  const problems = slack.problems.filter(({ kind }) => kind !== 'not acknowledged');
  return {
    verdicts: [
      { what: 'everybody told of the state', checked: requests.length, breaches: untold },
      { what: 'each card shows the state', checked: requests.length, breaches: stale },
      { what: 'copies of before go when clicked', checked: twins, breaches: stubborn },
      { what: 'operators hear of nothing that is not so', checked: 1, breaches: alarms.map(headline) },
      {
        what: 'Slack refused nothing',
        checked: slack.log.length,
        breaches: problems.map(({ message }) => message),
      },
    ],
    twins,
  };
}

/** What stands in one place, by the request that it is about. */
type Page = ReadonlyMap<string, readonly SeenMessage[]>;

function readPage(reader: Actor, where: string): Page {
  const page = new Map<string, SeenMessage[]>();
  for (const message of reader.messages(where)) {
    const id = /\b(R-\d+) ·/.exec(all(message))?.[1];
    if (id === undefined || message.ephemeral || message.threadTs !== null) continue;
    page.set(id, [...(page.get(id) ?? []), message]);
  }
  return page;
}

/** Slack shows who clicks that nobody answered, when the app was just reconnecting; then one clicks again. */
async function clickUntilHeard(presser: Actor, message: SeenMessage, button: string): Promise<void> {
  for (let tries = 0; tries < 3; tries++) {
    const { outcome } = await presser.click(message, button);
    if (outcome === 'ok') return;
  }
}

/** Offers a button on what is over. @param mayStay but for these */
function hasStrayButton(
  { ended }: LedgerRequest,
  { blocks }: SeenMessage,
  mayStay: ReadonlySet<string>,
): boolean {
  return ended !== null && buttonsOf(blocks).some((button) => !mayStay.has(button));
}

function headline(message: SeenMessage): string {
  return all(message).split('\n')[0] ?? '';
}
