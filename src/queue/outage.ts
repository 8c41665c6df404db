import type { Logger } from 'pino';

/** Logs once that something fails, however often it does, and once that it works again. */
export interface Outage {
  failed(error: Error): void;
  works(): void;
  isOut(): boolean;
}

/** @param done what can't be done with alarms meanwhile: "set", "received". */
export function createOutage(logger: Logger, done: string): Outage {
  let out = false;
  return {
    isOut: () => out,
    failed(error) {
      if (out) return;
      out = true;
      logger.warn({ err: error }, `Alarms can't be ${done}; targets are still looked at by the plain timer`);
    },
    works() {
      if (!out) return;
      out = false;
      logger.info(`Alarms can be ${done} again`);
    },
  };
}
