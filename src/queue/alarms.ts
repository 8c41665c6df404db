/**
 * An alarm says "look at this target at about this moment". It is a hint, never the truth: losing one delays a revocation by
 * at most one heartbeat, and a duplicate is harmless.
 */
export interface Alarm {
  readonly target: string;
  /** A command rang: what it wrote may have to be shown too. */
  readonly news?: true;
}

export interface Alarms {
  /** Returns at once and never throws, even with Redis down. */
  arm(target: string, delayMs: number): void;
  /** Starts receiving. Each alarm calls `onAlarm` in one of the processes. */
  start(onAlarm: (alarm: Alarm) => Promise<void>): Promise<void>;
  /** Can alarms be set and received? null: not tried yet. */
  isUp(): boolean | null;
  close(): Promise<void>;
}
