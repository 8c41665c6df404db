/** Everybody at once, each in a life of their own, until it is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CAST } from '../../sandbox/stage/cast.js';
import { APPROVERS, ENGINEERS } from '../people.js';
import type { Random } from '../random.js';
import type { ChaosStage } from '../stage.js';
import { createAdministrator } from './administrator.js';
import { createApprover } from './approver.js';
import { createClock } from './clock.js';
import { createEngineer, type Submission } from './engineer.js';
import { createOperator } from './operator.js';
import { Screens } from './screens.js';

export interface Lived {
  /** The forms that Slack took. */
  readonly submitted: readonly Submission[];
  /** The requests whose ladder had its time to be answered by a turn of the clock. */
  readonly turned: ReadonlySet<string>;
  /** How often somebody did something. */
  readonly acts: number;
  /** What they saw fail, or could not do. */
  readonly failures: readonly string[];
}

/** Lets the crowd live until `signal` is aborted; what each has begun is finished. */
export async function letLive(stage: ChaosStage, random: Random, signal: AbortSignal): Promise<Lived> {
  const { slack, targets } = stage;
  const submitted: Submission[] = [];
  const turned = new Set<string>();
  const screens = new Screens();
  let acts = 0;
  const failures: string[] = [];
  const places = targets.flatMap(({ name, roles }) => roles.map((role) => ({ target: name, role })));

  async function live(
    act: () => Promise<void>,
    pauseMs: readonly [number, number],
    own: Random,
  ): Promise<void> {
    while (!signal.aborted) {
      await sleep(own.between(...pauseMs), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      acts += 1;
      await act().catch((error: unknown) => {
        failures.push(String(error));
      });
    }
  }

  const engineers = Object.entries(ENGINEERS).map(([login, userId]) => {
    const own = random.fork();
    return live(createEngineer(slack, login, userId, places, submitted, screens, own), [200, 1_500], own);
  });
  const approvers = APPROVERS.map((userId) => {
    const own = random.fork();
    return live(createApprover(slack, userId, screens, own), [100, 800], own);
  });
  const own = random.fork();
  // What is given for good at the harbor may be lost in a failover.
  const lasting = targets.filter(({ name }) => name !== 'harbor');
  const administrator = live(createAdministrator(lasting, own), [4_000, 12_000], own);
  const operating = random.fork();
  const instances = [
    'All instances',
    ...targets.map(({ name }) => `${name.charAt(0).toUpperCase()}${name.slice(1)} (${name})`),
  ];
  const operator = live(
    createOperator(slack, CAST.olga, instances, screens, operating),
    [1_500, 5_000],
    operating,
  );
  const clock = live(createClock(stage.ledgerUrl, turned, random.fork()), [500, 2_500], random.fork());
  await Promise.all([...engineers, ...approvers, administrator, operator, clock]);
  return { submitted, turned, acts, failures };
}
