/** For tests of the page's parts: a stage with Hallpass on it, and what a page would have heard last. */
import { join } from 'node:path';
import { Backstage } from '../../../stage/backstage.js';
import type { Stage } from '../../../stage/stage.js';
import { startStoryStage } from '../../../tour/setting.js';
import type { Topics } from '../../api.js';
import { Feed } from '../feed.js';
import type { Part } from '../part.js';

type Topic = Exclude<keyof Topics, 'slack'>;

/** Remembers what a page would know. */
export class HeardFeed extends Feed {
  readonly #heard = new Map<Topic, Topics[Topic]>();

  override tell<T extends Topic>(topic: T, state: Topics[T]): void {
    this.#heard.set(topic, state);
    super.tell(topic, state);
  }

  state<T extends Topic>(topic: T): Topics[T] {
    const state = this.#heard.get(topic);
    if (state === undefined) throw new Error(`nothing was told of ${topic}`);
    return state as Topics[T];
  }
}

export interface Staged {
  readonly stage: Stage;
  readonly backstage: Backstage;
  readonly feed: HeardFeed;
  close(): Promise<void>;
}

export const CLI = join(import.meta.dirname, '../../../../dist/cli.js');

export async function openStaged(): Promise<Staged> {
  const stage = await startStoryStage({ cli: CLI, ledgerApart: true });
  const backstage = new Backstage(stage);
  const feed = new HeardFeed();
  await backstage.start();
  return {
    stage,
    backstage,
    feed,
    close: () => stage.close(),
  };
}

/** As the page calls it. @throws Impossible */
export async function call({ verbs }: Part, verb: string, args = {}): Promise<unknown> {
  const run = verbs[verb];
  if (run === undefined) throw new Error(`there is no verb ${verb}`);
  return run(args);
}
