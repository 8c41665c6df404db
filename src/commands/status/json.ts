/**
 * The status as one JSON document, printed as it is read (docs/commands.md has its shape). Each row is on a line of its own,
 * for grep.
 */
import type { Block } from '../../access/operating/blocked.js';
import type { StatusPiece } from '../../access/operating/status.js';
import type { Repeat } from '../../domain/policy/repeat.js';
import { requestName } from '../../domain/request/request.js';
import type { OpenRequest, TargetTally } from '../../ledger/requests/open-requests.js';
import type { Orphan } from '../../ledger/targets/orphans.js';
import { requestFacts, strayFacts } from '../shared/request-facts.js';

/** The lists of a target, in their order. */
const LISTS = ['requests', 'strays', 'unreviewed', 'orphans', 'repeats'] as const;

/** @param at the ledger's clock when it began. */
export async function* statusJson(at: Date, pieces: AsyncIterable<StatusPiece>): AsyncGenerator<string> {
  yield `{"at": ${JSON.stringify(at)}, "targets": [`;
  let targets = 0;
  /** The list that is being written, and how many it has. */
  let list = 0;
  let rows = 0;
  const upTo = (wanted: number): string => {
    let text = '';
    for (; list < wanted; list++) {
      text += `], "${LISTS[list + 1]}": [`;
      rows = 0;
    }
    return text;
  };
  for await (const piece of pieces) {
    if (piece.is === 'target') {
      const close = targets === 0 ? '' : `${upTo(LISTS.length - 1)}]},`;
      yield `${close}\n${JSON.stringify(targetFacts(piece.tally, piece.blocks)).slice(0, -1)}, "requests": [`;
      targets += 1;
      list = 0;
      rows = 0;
      continue;
    }
    const lines = rowsOf(piece).map((row) => `\n  ${JSON.stringify(row)}`);
    yield `${upTo(LISTS.indexOf(piece.is))}${rows === 0 ? '' : ','}${lines.join(',')}`;
    rows += lines.length;
  }
  yield `${targets === 0 ? '' : `${upTo(LISTS.length - 1)}]}`}\n]}\n`;
}

function rowsOf(piece: Exclude<StatusPiece, { is: 'target' }>): readonly object[] {
  switch (piece.is) {
    case 'requests':
      return piece.requests.map(openFacts);
    case 'strays':
      return piece.strays.map(strayFacts);
    case 'unreviewed':
      return piece.requests.map((request) => ({ ...requestFacts(request), nextAskedAt: request.judgeAt }));
    case 'orphans':
      return piece.orphans.map(orphanFacts);
    case 'repeats':
      return piece.repeats.map(repeatFacts);
  }
}

function targetFacts(tally: TargetTally, blocks: readonly Block[]) {
  const { target, server, comparedAt, waiting, granted, due, overdue, overdueSince } = tally;
  return { target, server, comparedAt, blocked: blocks, waiting, granted, due, overdue, overdueSince };
}

function openFacts(open: OpenRequest) {
  if ('unread' in open) {
    const { id, role, login, unread } = open;
    return { id: requestName(id), role, login, unread };
  }
  const { request, dueSince, overdue } = open;
  return { ...requestFacts(request), dueSince, overdue };
}

function repeatFacts({ requestId, role, login, requester, approver, createdAt, until, maxMs }: Repeat) {
  return {
    ...{ request: requestName(requestId), role, login, person: requester, approver },
    ...{ approvedAt: createdAt, until, maxSeconds: Math.round(maxMs / 1_000) },
  };
}

function orphanFacts({ role, login, foundAt }: Orphan & { readonly foundAt: Date }) {
  return { role, login, foundAt };
}
