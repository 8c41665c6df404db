/** Hallpass as somebody beside the stage runs it: it can be killed and started again, and people hear of it. */
import { EventEmitter } from 'node:events';
import type { HallpassProcess } from './process.js';
import type { Stage } from './stage.js';

export type HallpassState = 'starting' | 'running' | 'gone';

export class Backstage extends EventEmitter<{ change: [HallpassState] }> {
  readonly stage: Stage;
  #process: HallpassProcess | null = null;
  #state: HallpassState = 'gone';

  constructor(stage: Stage) {
    super();
    this.stage = stage;
  }

  get state(): HallpassState {
    return this.#state;
  }

  /** Starts Hallpass and waits until it is ready. Does nothing while it starts or runs. */
  async start(): Promise<void> {
    if (this.#state !== 'gone') return;
    this.#become('starting');
    try {
      const started = await this.stage.startHallpass();
      this.#process = started;
      this.#become('running');
      void started.ended.then(() => {
        if (this.#process !== started) return;
        this.#process = null;
        this.#become('gone');
      });
    } catch (error) {
      this.#become('gone');
      throw error;
    }
  }

  /** kill -9. Does nothing while it does not run. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  #become(state: HallpassState): void {
    this.#state = state;
    this.emit('change', state);
  }
}
