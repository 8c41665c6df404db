/** The status for people: a target, a line for each of what is open there, and below each line what one asks next. */
import type { Block } from '../../access/operating/blocked.js';
import type { StatusPiece } from '../../access/operating/status.js';
import { sayDuration } from '../../domain/duration.js';
import { type AccessRequest, requestName } from '../../domain/request.js';
import type { Stray } from '../../domain/stray.js';
import type { OpenRequest, Part, Tally } from '../../ledger/open-requests.js';
import type { Orphan } from '../../ledger/orphans.js';
import { approver, name, people, time, whyEnded, words } from '../../surfaces/plain.js';
import { wrap } from '../shared/output.js';
import { Columns } from '../shared/table.js';

/** Before each line of what is open on a target, and before what is said of it. */
const INDENT = '  ';

interface Row {
  readonly cells: readonly string[];
  readonly details: readonly string[];
}

interface Section {
  readonly head: readonly string[];
  readonly rows: readonly Row[];
}

const HEADS: Readonly<Record<Part, readonly [first: string, last: string]>> = {
  overdue: ['OVERDUE', 'DUE SINCE'],
  due: ['ENDING', 'DUE SINCE'],
  granted: ['GRANTED', 'UNTIL'],
  waiting: ['WAITING', 'LAPSES'],
};

/** @param nothing what is said when there is no target to tell of. */
export async function* statusText(
  pieces: AsyncIterable<StatusPiece>,
  nothing: string,
): AsyncGenerator<string> {
  let columns = new Columns();
  let head = '';
  let targets = 0;
  for await (const piece of pieces) {
    if (piece.is === 'target') {
      yield `${targets === 0 ? '' : '\n'}${targetLines(piece.tally, piece.blocks).join('\n')}\n`;
      targets += 1;
      head = '';
      continue;
    }
    const section = sectionOf(piece);
    const isNew = head !== section.head.join();
    if (isNew) {
      columns = new Columns();
      head = section.head.join();
    }
    const [first = '', ...lines] = columns.align([section.head, ...section.rows.map(({ cells }) => cells)]);
    yield `${isNew ? `\n${INDENT}${first}\n` : ''}${section.rows.map((row, i) => rowLines(lines[i] ?? '', row, columns.second)).join('')}`;
  }
  if (targets === 0) yield `${nothing}\n`;
}

function rowLines(line: string, { details }: Row, column: number): string {
  const indent = INDENT + ' '.repeat(column);
  const lines = [INDENT + line, ...details.map((detail) => indent + wrap(detail, indent))];
  return lines.map((each) => `${each}\n`).join('');
}

function targetLines(tally: Tally, blocks: readonly Block[]): readonly string[] {
  const { target, waiting, granted, due, overdue, overdueSince, orphans } = tally;
  const counts = [
    ...(overdueSince === null ? [] : [`${overdue} overdue since ${time(overdueSince)}`]),
    ...(due > overdue ? [`${due - overdue} ending`] : []),
    ...(granted === 0 ? [] : [`${granted} granted`]),
    ...(waiting === 0 ? [] : [`${waiting} waiting`]),
    ...(orphans === 0 ? [] : [`${orphans} unexplained`]),
  ];
  const indent = `${INDENT}  `;
  return [
    `${name(target)}: ${counts.join(', ') || 'nothing is open'}`,
    ...blocks.flatMap(({ reason, says, nextStep }) => [
      `${INDENT}BLOCKED (${reason})`,
      indent + wrap(words(says), indent),
      ...(nextStep === null ? [] : [indent + wrap(words(nextStep), indent)]),
    ]),
  ];
}

function sectionOf(piece: Exclude<StatusPiece, { is: 'target' }>): Section {
  switch (piece.is) {
    case 'requests': {
      const [first, last] = HEADS[piece.part];
      return { head: [first, 'ROLE', 'LOGIN', 'PERSON', last], rows: piece.requests.map(openRow) };
    }
    case 'strays':
      return { head: ['CAME BACK', 'ROLE', 'LOGIN', 'PERSON', 'FOUND'], rows: piece.strays.map(strayRow) };
    case 'orphans':
      return {
        head: ['UNEXPLAINED', 'ROLE', 'LOGIN', 'PERSON', 'FOUND'],
        rows: piece.orphans.map(orphanRow),
      };
  }
}

function openRow(open: OpenRequest): Row {
  if ('unread' in open) {
    const { id, role, login, unread } = open;
    return { cells: [requestName(id), name(role), name(login), '-', '-'], details: [`${words(unread)}.`] };
  }
  const { request, dueSince, overdue } = open;
  const { role, login, requester } = request;
  const last = dueSince ?? (request.state === 'pending' ? request.pendingUntil : request.expiresAt);
  const cells = [requestName(request.id), name(role), name(login), name(requester)];
  return {
    cells: [...cells, `${last === null ? 'not granted yet' : time(last)}${overdue ? ' OVERDUE' : ''}`],
    details: detailsOf(request, dueSince),
  };
}

function detailsOf(request: AccessRequest, dueSince: Date | null): readonly string[] {
  const { state, decidedAt, extension, users, trouble } = request;
  const by = approver(request);
  return [
    `why: ${words(request.reason) || 'no reason was given'}`,
    ...(state === 'pending' ? [`for ${sayDuration(request.wishedMs)}; asked: ${people(request.asked)}`] : []),
    ...(by === null || decidedAt === null ? [] : [`approved by ${by}, ${time(decidedAt)}`]),
    ...(extension?.state === 'confirmed' || extension?.state === 'asked'
      ? [
          `extended by ${name(extension.by)}, ${time(extension.at)}${extension.state === 'asked' ? ', not confirmed yet' : ''}`,
        ]
      : []),
    ...(users.length === 0
      ? []
      : [`can be used by ${users.length} more ${users.length === 1 ? 'login' : 'logins'}`]),
    ...(dueSince === null ? [] : [`ends because: ${whyEnded(request)}`]),
    ...(trouble === null
      ? []
      : [`${request.why === 'failed' ? 'why it was not granted' : 'not done yet'}: ${words(trouble)}`]),
  ];
}

function strayRow({ kind, role, login, request, foundAt, askedBy, because, trouble }: Stray): Row {
  return {
    cells: [
      request === null ? '-' : requestName(request.id),
      name(role),
      name(login),
      request === null ? '-' : name(request.requester),
      time(foundAt),
    ],
    details: [
      kind === 'orphan'
        ? `no request explains it; being revoked ${askedBy === null ? 'because of orphans: revoke' : `by word of ${name(askedBy)}`}`
        : kind === 'late'
          ? 'its GRANT reached the server after its end; being revoked'
          : 'it was on the server again after its end; being revoked',
      ...(because === null ? [] : [`why: ${words(because)}`]),
      ...(trouble === null ? [] : [`not done yet: ${words(trouble)}`]),
    ],
  };
}

function orphanRow({ role, login, foundAt }: Orphan & { readonly foundAt: Date }): Row {
  return {
    cells: ['-', name(role), name(login), '-', time(foundAt)],
    details: ["granted by Hallpass's login, and no request explains it; an operator decides in Slack"],
  };
}
