/** The faults of the page: each says at once what state it is in, and afterwards what came of it. */
import { z } from 'zod';
import { Impossible } from '../../../slack/impossible.js';
import type { Backstage } from '../../../stage/backstage.js';
import { turnAllClocks, turnGuardedClock } from '../../../tour/clock.js';
import type { OnCall, SlackTrouble } from '../../api-faults.js';
import type { Feed } from '../feed.js';
import { type Part, pageVerb } from '../part.js';
import { flushAlarms } from './alarms.js';
import { LastDone } from './last-done.js';
import { LABELS, Servers } from './servers.js';
import { addBen, putOnCall, troublePagerDuty, troubleSlack } from './services.js';
import { describeDue, readSeen } from './turning.js';
import { watchDue } from './watch-due.js';
import { firstWords, standing } from './words.js';

const NOTHING = z.strictObject({});
const SLACK: Readonly<Record<SlackTrouble, string>> = {
  none: 'Slack works',
  error: 'Slack answers 500',
  late: 'Slack answers 5 s late',
  lost: 'Slack takes messages and loses the answers',
};

export function faultsPart(backstage: Backstage, feed: Feed): Part {
  const { stage } = backstage;
  const { slack, pagerduty, ledgerUrl, vault } = stage;
  let failed: string | null = null;
  let trouble: SlackTrouble = 'none';
  let pagerdutyDown = false;
  let onCall: OnCall = 'dan';
  const tell = () => {
    const { state: hallpass } = backstage;
    const rest = { slack: trouble, pagerdutyDown, onCall, last: last.state };
    feed.tell('faults', { hallpass, hallpassFailed: failed, servers: servers.states, ...rest });
  };
  const servers = new Servers(stage, tell);
  const last = new LastDone(tell);
  addBen(pagerduty);
  backstage.on('change', tell);
  tell();

  const note = (what: string, came: readonly string[] = []) => last.note(what, came);

  const bring = async (to: 'up' | 'down', name: keyof typeof LABELS) => {
    servers.movable(name);
    const began = Date.now();
    const noted = note(`${LABELS[name]} is ${to === 'up' ? 'started' : 'stopped'}`);
    await servers.bring(name, to);
    const grants = to === 'down' && name !== 'ledger' ? await standing(ledgerUrl, name) : [];
    noted.add(`It is ${to}, after ${Date.now() - began} ms.`, ...grants);
  };
  const start = async () => {
    const began = Date.now();
    if (backstage.state === 'starting') throw new Impossible('Hallpass is starting already.');
    failed = null;
    const noted = note('Hallpass is started');
    try {
      await backstage.start();
      noted.add(`It is ready, after ${Date.now() - began} ms.`);
    } catch (error) {
      failed = firstWords(error);
      tell();
      throw new Impossible(`Hallpass did not start. ${failed}`);
    }
  };
  const kill = async () => {
    if (backstage.state === 'starting')
      throw new Impossible('Hallpass is still starting: it can be killed then.');
    if (backstage.state === 'gone') throw new Impossible('Hallpass does not run.');
    const noted = note('Hallpass is killed (kill -9)');
    await backstage.kill();
    noted.add('It is gone: nothing of it had time to say goodbye.', ...(await standing(ledgerUrl, null)));
  };
  const turn = async (by: string) => {
    if (servers.states.ledger !== 'up') throw new Impossible("The ledger's server is down: start it first.");
    const ids = await turnAllClocks(stage, by);
    const seen = await readSeen(ledgerUrl, ids);
    const noted = note(`The clock is turned forward by ${by}`, describeDue(seen));
    if (vault !== null && servers.states.vault === 'up') await turnGuardedClock(vault, by);
    else noted.add('Vault is down, so the expiry that it keeps itself stays where it was.');
    void watchDue(backstage, seen, noted);
  };
  const setSlack = (to: SlackTrouble) => {
    trouble = to;
    troubleSlack(slack, to);
    note(SLACK[to]);
  };
  const setPagerDuty = (isDown: boolean) => {
    pagerdutyDown = isDown;
    troublePagerDuty(pagerduty, isDown);
    note(isDown ? 'PagerDuty is down' : 'PagerDuty works');
  };
  const setOnCall = (who: OnCall) => {
    onCall = who;
    putOnCall(pagerduty, who);
    note(who === null ? 'Nobody is on call' : `${who === 'dan' ? 'Dan' : 'Ben'} is on call`);
  };

  return {
    verbs: {
      'kill-hallpass': pageVerb(NOTHING, kill),
      'start-hallpass': pageVerb(NOTHING, start),
      server: pageVerb(
        z.strictObject({ name: z.enum(['shop', 'vault', 'ledger']), to: z.enum(['up', 'down']) }),
        ({ name, to }) => bring(to, name),
      ),
      'flush-alarms': pageVerb(NOTHING, async () => {
        if (servers.states.ledger !== 'up')
          throw new Impossible("The ledger's server is down: it keeps the alarms.");
        const gone = await flushAlarms(ledgerUrl);
        note('The alarms are flushed', [gone === 1 ? '1 alarm is gone.' : `${gone} alarms are gone.`]);
      }),
      'slack-trouble': pageVerb(
        z.strictObject({ trouble: z.enum(['none', 'error', 'late', 'lost']) }),
        ({ trouble: to }) => setSlack(to),
      ),
      'pagerduty-trouble': pageVerb(z.strictObject({ down: z.boolean() }), ({ down }) => setPagerDuty(down)),
      'on-call': pageVerb(z.strictObject({ who: z.enum(['dan', 'ben']).nullable() }), ({ who }) =>
        setOnCall(who),
      ),
      'turn-clock': pageVerb(z.strictObject({ by: z.enum(['10 minutes', '1 hour', '1 day']) }), ({ by }) =>
        turn(by),
      ),
      heal: pageVerb(NOTHING, async () => {
        setSlack('none');
        setPagerDuty(false);
        setOnCall('dan');
        for (const name of ['ledger', 'shop', 'vault'] as const) await servers.bring(name, 'up');
        if (backstage.state === 'gone') await start();
        note('Everything works again');
      }),
    },
    close: async () => last.close(),
  };
}
