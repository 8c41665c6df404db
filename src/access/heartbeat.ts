/** How often every process looks at everything, milliseconds. Every bound that Hallpass states follows from it. */
export const HEARTBEAT_MS = 15_000;

/**
 * A target where nothing is granted and nothing ended within the hour is left alone this long, milliseconds, unless
 * someone opens a form or requests a role there: its server may be one that sleeps when idle.
 */
export const IDLE_EVERY_MS = 30 * 60_000;
