import { EventEmitter } from 'node:events';
import type { JsonObject } from '../json.js';

/** Something that a person, or the app's developer, could have noticed. */
export interface Change {
  /** Counts up from 1. */
  readonly n: number;
  readonly kind:
    | 'workspace'
    | 'message'
    | 'message_edited'
    | 'message_deleted'
    | 'view'
    | 'view_closed'
    | 'home'
    | 'call'
    | 'delivery'
    | 'problem'
    | 'connection';
  /** Ids only; look the rest up. */
  readonly about: JsonObject;
}

/** The feed of changes. Everything that waits, waits on it: nothing in the sandbox polls. */
export class Changes extends EventEmitter<{ change: [Change] }> {
  #n = 0;

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  /** Tells everybody. Call it after the change is complete, never in its middle. */
  tell(kind: Change['kind'], about: JsonObject): void {
    this.#n += 1;
    this.emit('change', { n: this.#n, kind, about });
  }

  /**
   * Resolves with what `look` answers, as soon as that is not undefined, null or false; looks again after each change.
   * @param ms milliseconds until it gives up
   * @param explain what to add to the message of the error thrown then, whose stack is that of the caller
   */
  waitFor<T>(look: () => T | undefined | null | false, ms: number, explain: () => string): Promise<T> {
    const inVain = new Error('Waited in vain.');
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        this.off('change', check);
      };
      const check = () => {
        try {
          const found = look();
          if (found === undefined || found === null || found === false) return;
          stop();
          resolve(found);
        } catch (error) {
          stop();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        stop();
        inVain.message = `Waited ${ms} ms in vain. ${explain()}`;
        reject(inVain);
      }, ms);
      this.on('change', check);
      check();
    });
  }
}
