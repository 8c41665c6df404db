/**
 * The two things that Slack grants an app for a short while: trigger ids (3 s, used once) and response URLs (30 min,
 * used five times). https://docs.slack.dev/interactivity/handling-user-interaction
 */
import type { Clock } from './clock.js';
import { newId, newTriggerId, secret } from './ids.js';

const TRIGGER_LIFE = 3000;
const RESPONSE_LIFE = 30 * 60_000;
const RESPONSE_USES = 5;

interface Trigger {
  readonly userId: string;
  /** The modal in which it arose. */
  readonly viewId: string | null;
  readonly until: number;
  used: boolean;
}

/** Where a response URL answers. */
export interface Origin {
  readonly userId: string;
  readonly channel: string;
  /** The message that was clicked; null for a slash command. */
  readonly messageTs: string | null;
  readonly threadTs: string | null;
}

export class Tickets {
  #triggers = new Map<string, Trigger>();
  #responses = new Map<string, { readonly origin: Origin; readonly until: number; uses: number }>();
  #clock: Clock;
  #url: string;

  constructor(clock: Clock, url: string) {
    this.#clock = clock;
    this.#url = url;
  }

  issueTrigger(userId: string, viewId: string | null): string {
    const id = newTriggerId();
    this.#triggers.set(id, { userId, viewId, until: this.#clock.now() + TRIGGER_LIFE, used: false });
    return id;
  }

  /** Uses a trigger up, or answers Slack's name for why it cannot be used. */
  exchangeTrigger(id: string): Pick<Trigger, 'userId' | 'viewId'> | string {
    const trigger = this.#triggers.get(id);
    if (!trigger) return 'invalid_trigger_id';
    if (trigger.used) return 'exchanged_trigger_id';
    if (this.#clock.now() > trigger.until) return 'expired_trigger_id';
    trigger.used = true;
    return trigger;
  }

  issueResponseUrl(kind: 'commands' | 'actions' | 'app', origin: Origin): string {
    const path = `/${kind}/${newId('T')}/${secret(6)}/${secret(12)}`;
    this.#responses.set(path, { origin, until: this.#clock.now() + RESPONSE_LIFE, uses: 0 });
    return `${this.#url}${path}`;
  }

  /** Counts one use of a response URL; undefined when it is unknown or used up. */
  useResponseUrl(path: string): Origin | undefined {
    const response = this.#responses.get(path);
    if (!response || response.uses >= RESPONSE_USES || this.#clock.now() > response.until) return undefined;
    response.uses += 1;
    return response.origin;
  }
}
