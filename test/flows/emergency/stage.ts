/** The stage for emergencies: who may have one, who reviews it, and what its tests do and see. */
import { afterEach, beforeAll, expect } from 'vitest';
import { runSql } from '../../../sandbox/postgres/server-access.js';
import type { Actor, SeenMessage } from '../../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../../sandbox/stage/cast.js';
import { askInEmergency } from '../../../sandbox/stage/emergency.js';
import { all, card, click, type Name, told, type Wish } from '../../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../../sandbox/stage/process.js';
import { ANA2 } from '../../support/fixtures.js';
import { type KINDS, openStage, type TestStage } from '../../support/stage.js';
import { clearAway } from '../life/stage.js';

/** May break the glass: Ana and Ben. */
export const FIRE = 'S0FIRE';
/** Reviews it: Cora, Dan, Ana, and two more accounts of Ana's. */
export const SECURITY = 'S0SEC';
/** Has Ana's mailbox, and no login. */
export const ANA3 = 'U0ANA3';
/** A reason that would ring everybody. */
const HOSTILE = 'Down <!channel> *all* of it <@U0EVE>';

type SeenView = NonNullable<ReturnType<Actor['openedView']>>;

const WISH = { role: 'orders_write', duration: '15 minutes', reason: HOSTILE } as const;

export interface EmergencyStage extends TestStage {
  /** Hallpass as it runs since its last start. */
  restart(): Promise<void>;
  /** Fills in the form, ticks the box, and sends it: the form that asks once more, or the errors. */
  askOnce(name: Name, wish?: Partial<Wish>): Promise<SeenView | Readonly<Record<string, string>>>;
  /** All of it, to the GRANT being asked for. @returns the request's id */
  breakGlass(name: Name): Promise<string>;
  /** "R-1042", the newest. */
  lastId(): Promise<string>;
  /** As if it were time for its reviewers to be asked. */
  turnClock(id: string): Promise<void>;
  /** What somebody sees of it in a channel now. */
  inChannel(channel: string, as: Name, id: string, says: RegExp): SeenMessage | undefined;
  operatorsTold(id: string, says: RegExp): Promise<SeenMessage>;
  /** The newest question to the reviewers in the role's channel. */
  question(id: string, says?: RegExp): Promise<SeenMessage>;
  /** Of the page about it; undefined when there is none. */
  incident(id: string): string | undefined;
  /** Ana relinquishes it. */
  endAccess(id: string): Promise<void>;
}

/** "1042" of "R-1042". */
export const numberOf = (id: string): number => Number(id.slice('R-'.length));

/** Call it at the top of a `describe`. Hallpass runs from its first test on. */
export async function openEmergencyStage(kind: (typeof KINDS)[number]): Promise<EmergencyStage> {
  const stage = await openStage({
    ...kind,
    ledgerApart: false,
    configure: (yaml) =>
      yaml
        .replace('people:', `people:\n  ${ANA2}: { login: ana }`)
        .replace('groups: { ', `groups: { fire: ${FIRE}, security: ${SECURITY}, `)
        .replace(
          'orders_write: {',
          'orders_write: { break_glass: { who: [fire], max: 1h, review: [security] },',
        ),
  });
  const { slack, pagerduty, ledgerUrl } = stage;
  const { workspace } = slack;
  let hallpass: HallpassProcess;

  beforeAll(async () => {
    workspace.addPerson({ id: ANA2, name: 'ana.private' });
    workspace.addPerson({ id: ANA3, name: 'ana.again', email: 'Ana@example.com' });
    workspace.addGroup({ id: FIRE, handle: 'fire', members: [CAST.ana, CAST.ben] });
    const reviewers = [CAST.cora, CAST.ana, CAST.dan, ANA2, ANA3];
    workspace.addGroup({ id: SECURITY, handle: 'security', members: reviewers });
    hallpass = await stage.startHallpass();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await clearAway(stage);
    slack.faults.clear();
    pagerduty.faults.clear();
    for (const channel of Object.values(CHANNELS)) {
      workspace.setBotIn(channel, true);
      workspace.setChannel(channel, { archived: false });
    }
  });

  const inChannel: EmergencyStage['inChannel'] = (channel, as, id, says) =>
    slack
      .as(CAST[as])
      .messages(channel)
      .findLast((message) => !message.ephemeral && all(message).includes(id) && says.test(all(message)));

  async function lastId(): Promise<string> {
    const [row] = await runSql<{ id: string }>(
      ledgerUrl,
      "select 'R-' || coalesce(max(id), 0) as id from requests",
    );
    return String(row?.id);
  }

  async function askOnce(name: Name, wish: Partial<Wish> = {}) {
    const sent = await askInEmergency(slack, name, { ...WISH, ...wish });
    if (sent.outcome === 'pushed') return sent.view;
    if (sent.outcome !== 'errors') throw new Error(JSON.stringify(sent));
    await slack.as(CAST[name]).closeView();
    return sent.errors;
  }

  return {
    ...stage,
    async restart() {
      await hallpass.stop();
      hallpass = await stage.startHallpass();
    },
    askOnce,
    async breakGlass(name) {
      await askOnce(name);
      const before = await lastId();
      expect(await slack.as(CAST[name]).submit()).toEqual({ outcome: 'cleared' });
      const id = await lastId();
      expect(id).not.toBe(before);
      return id;
    },
    lastId,
    turnClock: async (id) =>
      void (await runSql(ledgerUrl, 'update requests set judge_at = now() where id = $1', [numberOf(id)])),
    inChannel,
    operatorsTold: (id, says) => slack.waitFor(() => inChannel(CHANNELS.operators, 'olga', id, says)),
    question: (id, says = /was this emergency access justified/i) =>
      slack.waitFor(() => inChannel(CHANNELS.access, 'cora', id, says)),
    incident: (id) =>
      pagerduty.incidents.find(({ dedupKey }) => dedupKey.endsWith(`/emergency/${numberOf(id)}`))?.status,
    async endAccess(id) {
      await click(slack, 'ana', await told(slack, 'ana', id, /Emergency access until/), 'Relinquish');
      await card(slack, id, /Ended/);
    },
  };
}
