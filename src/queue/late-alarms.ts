import { coerceError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Alarm, Alarms } from './alarms.js';

/**
 * Alarms whose engine is loaded `afterMs` after `start`: it is a third of all that a start has to load, and a hint can wait.
 * What is armed before is armed then; meanwhile the plain timer looks.
 */
export function createLateAlarms(load: () => Promise<Alarms>, afterMs: number, logger: Logger): Alarms {
  /** When each target's alarm should ring (milliseconds since the epoch), until there is an engine; the newest wins. */
  const early = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let loading: Promise<void> | undefined;
  let engine: Alarms | null = null;

  async function begin(onAlarm: (alarm: Alarm) => Promise<void>): Promise<void> {
    const loaded = await load();
    engine = loaded;
    for (const [target, at] of early) loaded.arm(target, Math.max(0, at - Date.now()));
    early.clear();
    await loaded.start(onAlarm);
  }

  return {
    arm(target, delayMs) {
      if (engine === null) early.set(target, Date.now() + delayMs);
      else engine.arm(target, delayMs);
    },
    async start(onAlarm) {
      timer = setTimeout(() => {
        loading = begin(onAlarm).catch((thrown: unknown) => {
          const err = coerceError(thrown);
          logger.error({ err }, 'there are no alarms: targets are looked at by the plain timer');
        });
      }, afterMs);
    },
    isUp: () => engine?.isUp() ?? null,
    async close() {
      clearTimeout(timer);
      await loading;
      await engine?.close();
    },
  };
}
