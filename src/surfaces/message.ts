import type { KnownBlock } from '@slack/types';

/** What one Slack message shows. */
export interface Message {
  /** Stands alone: push notifications and screen readers show nothing else. Already escaped mrkdwn. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** What the configuration says of a request's target and role, for people; all of it as today's file has it. */
export interface Scene {
  readonly targetName: string;
  /** The mark on cards: "production". */
  readonly environment: string | null;
  readonly about: string | null;
  /** How to connect. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** A message as it was kept in the ledger; null when it is none. */
export function readMessage(kept: unknown): Message | null {
  return isMessage(kept) ? kept : null;
}

function isMessage(kept: unknown): kept is Message {
  return (
    typeof kept === 'object' &&
    kept !== null &&
    'text' in kept &&
    typeof kept.text === 'string' &&
    'blocks' in kept &&
    Array.isArray(kept.blocks)
  );
}
