/**
 * An alarm says "look at this target at about this moment". It is a hint, never the truth: losing one delays
 * a revocation by at most one HEARTBEAT, and a duplicate is harmless.
 */
export interface Alarm {
  readonly target: string;
  /** A command rang: it has written something that may have to be shown, too. */
  readonly news?: true;
}

export interface Alarms {
  /** Arms one alarm, `delayMs` from now. Returns at once and never throws: with Redis down, `add` hangs. */
  arm(target: string, delayMs: number): void;
  /** Starts to receive. `onAlarm` is called in one of the processes. */
  start(onAlarm: (alarm: Alarm) => Promise<void>): Promise<void>;
  /** Can alarms be set and received? null: not tried yet. */
  isUp(): boolean | null;
  close(): Promise<void>;
}
