import type { KnownBlock } from '@slack/types';
import type { Principal } from '../../domain/policy/policy.js';
import type { Repeat } from '../../domain/policy/repeat.js';
import type { ToldStep } from '../../domain/request/escalation.js';
import type { Pause } from '../../domain/request/pause.js';
import type { Stray } from '../../domain/request/stray.js';

/** What one Slack message shows. */
export interface Message {
  /** Stands alone: push notifications and screen readers show nothing else. Already escaped mrkdwn. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/**
 * What is shown of a request beside itself: what today's configuration says of its target and role, and what became of its
 * membership when it had to go apart from the request.
 */
export interface Scene {
  readonly targetName: string;
  /** The mark on cards: "production". */
  readonly environment: string | null;
  readonly about: string | null;
  /** What today's policy links in the reason. */
  readonly reasonLink?: { readonly text: string; readonly url: string } | null;
  /** For how long today's policy lets the role be granted, shortest first, milliseconds; empty when it is no longer offered. */
  readonly durationsMs: readonly number[];
  /** How to connect. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Its provider writes connections as URLs, and requires TLS. */
  readonly asUrl?: boolean;
  /** Sessions that could use it now; null when that isn't known. `inTransaction`: as far as can be seen, the oldest since then. */
  readonly sessions?: {
    readonly sessions: number;
    readonly inTransaction: number;
    readonly since: Date | null;
  } | null;
  /** The login has nothing of the role before SET ROLE. */
  readonly setRoleFirst?: boolean;
  /** Who denied its extension, and what they wrote; null when nobody did. */
  readonly denial?: { readonly by: string; readonly because: string | null } | null;
  /** Who says whether an emergency was justified. */
  readonly reviewers?: readonly Principal[];
  /** Why it is not granted at present; null when no pause holds there, or it doesn't wait. */
  readonly pause: Pause | null;
  /** Oldest first. */
  readonly strays: readonly Stray[];
  /** What was done because nobody decided, the oldest first. */
  readonly told?: readonly ToldStep[];
  readonly again?: SceneAgain;
}

/** What is known beside the request: the policy of today, and what became of repeats. */
interface SceneAgain {
  /** How long the policy lets approvers approve the same again, milliseconds; null: not at all. */
  readonly repeatMs: number | null;
  /** What was approved again under this request, unless its time is up. */
  readonly made: Repeat | null;
  /** What would have covered this request, and ended instead. */
  readonly lost: Repeat | null;
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
