/** What the operators are told of the servers behind their targets. */
import { describeServer, type ServerIdentity } from '../domain/server-identity.js';
import { compose } from './blocks.js';
import type { Message } from './message.js';
import { code, inline } from './text.js';

interface OnTarget {
  /** The target's key in the configuration. */
  readonly target: string;
  readonly targetName: string;
}

/** A server with the identifier of the one that is known, which may be a copy of it. */
export function mayBeACopy(
  facts: OnTarget & { readonly known: ServerIdentity; readonly seen: ServerIdentity; readonly open: number },
): Message {
  const name = inline(facts.targetName, 150);
  const grants = facts.open === 1 ? '1 grant is' : `${facts.open} grants are`;
  return compose({
    mark: 'warning',
    title: `Another server answers at ${name}`,
    paragraphs: [
      `It has the same system identifier, but it isn't the server that Hallpass knew: ${describeServer(facts.seen)}; before, ${describeServer(facts.known)}. It may be a standby that was promoted, a copy, or a restore.`,
      `${grants} out on the server from before. What is due is revoked on the new one too, but nothing counts as confirmed, and nothing new is granted there.`,
      `If the new one took its place for good: ${code(`hallpass recover --replaced ${facts.target}`)}. If the address is wrong, correct ${code('connect')}. A standby that is listed in ${code('replicas:')} is recognized without you.`,
    ],
    buttons: [],
    footer: `target ${code(facts.target)}`,
  });
}

interface Pair {
  readonly role: string;
  readonly login: string;
}

/** What a comparison found after the server behind a target changed. */
export function serverMoved(
  facts: OnTarget & {
    /** As the end of "after ...". */
    readonly after: string;
    readonly back: readonly Pair[];
    readonly lost: readonly Pair[];
  },
): Message {
  const list = (pairs: readonly Pair[]) => {
    const shown = pairs.slice(0, 5).map(({ role, login }) => `${code(role)} of ${code(login)}`);
    return `${shown.join(', ')}${pairs.length > shown.length ? ` and ${pairs.length - shown.length} more` : ''}`;
  };
  return compose({
    mark: 'warning',
    title: `${inline(facts.targetName, 150)} after ${facts.after}`,
    paragraphs: [
      ...(facts.back.length === 0
        ? []
        : [`These had ended and were back, so Hallpass revokes them again: ${list(facts.back)}.`]),
      ...(facts.lost.length === 0
        ? []
        : [`These were granted and the server has lost them, so they end: ${list(facts.lost)}.`]),
    ],
    buttons: [],
    footer: `target ${code(facts.target)}`,
  });
}
