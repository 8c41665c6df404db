/** What the operators are told of the servers behind their targets. */

import { describeServer, type ServerIdentity } from '../../domain/postgres/server-identity.js';
import { requestName } from '../../domain/request/request.js';
import { compose } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, inline } from '../kit/text.js';
import { firstOf, plural } from '../kit/words.js';
import { footer, type OnTarget, type Pair } from './on-target.js';

/** Names in one message. */
const MAX_SHOWN = 5;

/** A server with the identifier of the one that is known, which may be a copy of it. */
export function mayBeACopy(
  facts: OnTarget & { readonly known: ServerIdentity; readonly seen: ServerIdentity; readonly open: number },
): Message {
  const name = inline(facts.targetName, 150);
  const grants = plural(facts.open, 'grant is', 'grants are');
  return compose({
    mark: 'warning',
    title: `Another server answers at ${name}`,
    paragraphs: [
      `It has the same system identifier, but it isn't the server that Hallpass knew: ${describeServer(facts.seen)}; before, ${describeServer(facts.known)}. It may be a standby that was promoted, a copy, or a restore.`,
      `${grants} on the previous server. What is due is revoked on the new one too, but nothing counts as confirmed, and nothing new is granted there.`,
      `If the new one took its place for good: ${code(`hallpass recover --replaced ${facts.target}`)}. If the address is wrong, correct ${code('connect')}. A standby that is listed in ${code('replicas:')} is recognized without you.`,
    ],
    footer: footer(facts),
  });
}

/** It may be a copy, but nothing is out on the one that is known: it is taken for the target's own. */
export function takenForOwn(
  facts: OnTarget & { readonly known: ServerIdentity; readonly seen: ServerIdentity },
): Message {
  return compose({
    mark: 'warning',
    title: `${inline(facts.targetName, 150)}: another server answers, and roles are granted there now`,
    paragraphs: [
      `It has the same system identifier, but it isn't the server that Hallpass knew: ${describeServer(facts.seen)}; before, ${describeServer(facts.known)}. It may be a standby that was promoted, a copy, or a restore. Nothing was granted on the previous server.`,
      `If the address is wrong, run ${code(`hallpass pause ${facts.target}`)} and correct ${code('connect')}. If it is right, there is nothing to do.`,
    ],
    footer: footer(facts),
  });
}

/** An operator said by which server it was replaced. */
export function serverReplaced(
  facts: OnTarget & { readonly by: string; readonly because: string | null; readonly closed: number },
): Message {
  return compose({
    mark: 'warning',
    title: `${inline(facts.targetName, 150)} was replaced by another server`,
    paragraphs: [
      facts.closed === 0
        ? 'Current grants run there to their end, and new ones are made there.'
        : `${plural(facts.closed, 'grant was', 'grants were')} on the old server. What stands on the new one is revoked there, with its sessions.`,
      {
        label: 'Operator:',
        words: `${facts.by}: ${facts.because ?? 'no reason was given'}`,
      },
    ],
    footer: footer(facts),
  });
}

/** An operator closed requests of which nothing can be proved any more. */
export function writtenOff(
  facts: OnTarget & {
    readonly requests: readonly (Pair & { readonly id: number })[];
    readonly by: string;
    readonly because: string;
  },
): Message {
  const requests = facts.requests.map(
    ({ id, role, login }) => `${requestName(id)} (${code(role)} of ${code(login)})`,
  );
  return compose({
    mark: 'warning',
    title: `Written off on ${inline(facts.targetName, 150)}, without proof`,
    paragraphs: [
      `${firstOf(requests, MAX_SHOWN)}. Hallpass has stopped trying to revoke; nobody has confirmed that the access is gone. If a server still has it, Hallpass revokes it when that server answers at this target again.`,
      { label: 'Operator:', words: `${facts.by}: ${facts.because}` },
    ],
    footer: footer(facts),
  });
}

/** Grants that a comparison missed after the server behind a target changed. What came back has messages of its own. */
export function serverMoved(
  facts: OnTarget & {
    /** As the end of "after ...". */
    readonly after: string;
    readonly lost: readonly Pair[];
  },
): Message {
  const lost = facts.lost.map(({ role, login }) => `${code(role)} of ${code(login)}`);
  return compose({
    mark: 'warning',
    title: `${inline(facts.targetName, 150)} after ${facts.after}`,
    paragraphs: [
      `These were granted and the server has lost them, so they end: ${firstOf(lost, MAX_SHOWN)}.`,
    ],
    footer: footer(facts),
  });
}
