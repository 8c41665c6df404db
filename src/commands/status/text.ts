/** The status for people: for each target a line for everything open there, and below it the details. */
import type { Block } from '../../access/operating/blocked.js';
import type { StatusPiece } from '../../access/operating/status.js';
import { sayDuration } from '../../domain/duration.js';
import type { Repeat } from '../../domain/policy/repeat.js';
import { lapsesAtTheEarliest } from '../../domain/request/escalation.js';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import type { Stray } from '../../domain/request/stray.js';
import type { OpenRequest, Part, TargetTally } from '../../ledger/requests/open-requests.js';
import type { Orphan } from '../../ledger/targets/orphans.js';
import { plural } from '../../surfaces/kit/words.js';
import { approver, name, people, time, whyEnded, words } from '../../surfaces/terminal/plain.js';
import { wrap } from '../shared/output.js';
import { Columns } from '../shared/table.js';

/** Before each line below a target's name. */
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

/** @param nothing what to print when there is no target to show. */
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
    if (isNew) yield `\n${INDENT}${first}\n`;
    yield section.rows.map((row, i) => rowLines(lines[i] ?? '', row, columns.second)).join('');
  }
  if (targets === 0) yield `${nothing}\n`;
}

function rowLines(line: string, { details }: Row, column: number): string {
  const indent = INDENT + ' '.repeat(column);
  const lines = [INDENT + line, ...details.map((detail) => indent + wrap(detail, indent))];
  return lines.map((each) => `${each}\n`).join('');
}

function targetLines(tally: TargetTally, blocks: readonly Block[]): readonly string[] {
  const { target, waiting, granted, due, overdue, overdueSince, unreviewed, orphans, repeats } = tally;
  const counts = [
    ...(overdueSince === null ? [] : [`${overdue} overdue since ${time(overdueSince)}`]),
    ...(due > overdue ? [`${due - overdue} ending`] : []),
    ...(granted === 0 ? [] : [`${granted} granted`]),
    ...(waiting === 0 ? [] : [`${waiting} waiting`]),
    ...(unreviewed === 0
      ? []
      : [`${unreviewed} ${unreviewed === 1 ? 'emergency' : 'emergencies'} not reviewed`]),
    ...(orphans === 0 ? [] : [`${orphans} unexplained`]),
    ...(repeats === 0 ? [] : [`${repeats} approved again`]),
  ];
  const indent = `${INDENT}  `;
  return [
    `${name(target)}: ${counts.join(', ') || 'nothing is open'}`,
    ...blocks.flatMap(({ reason, says, nextStep }) => [
      `${INDENT}BLOCKED (${reason})`,
      ...[says, nextStep].flatMap((text) => (text === null ? [] : indent + wrap(words(text), indent))),
    ]),
  ];
}

function sectionOf(piece: Exclude<StatusPiece, { is: 'target' }>): Section {
  const headOf = (first: string, last: string) => [first, 'ROLE', 'LOGIN', 'PERSON', last];
  switch (piece.is) {
    case 'requests':
      return { head: headOf(...HEADS[piece.part]), rows: piece.requests.map(openRow) };
    case 'strays':
      return { head: headOf('CAME BACK', 'FOUND'), rows: piece.strays.map(strayRow) };
    case 'unreviewed':
      return { head: headOf('UNREVIEWED', 'GRANTED'), rows: piece.requests.map(unreviewedRow) };
    case 'orphans':
      return { head: headOf('UNEXPLAINED', 'FOUND'), rows: piece.orphans.map(orphanRow) };
    case 'repeats':
      return { head: headOf('AGAIN', 'UNTIL'), rows: piece.repeats.map(repeatRow) };
  }
}

function openRow(open: OpenRequest): Row {
  if ('unread' in open) {
    const { id, role, login, unread } = open;
    return { cells: [requestName(id), name(role), name(login), '-', '-'], details: [`${words(unread)}.`] };
  }
  const { request, dueSince, overdue } = open;
  const { role, login, requester } = request;
  const last = dueSince ?? (request.state === 'pending' ? lapsesAtTheEarliest(request) : request.expiresAt);
  const cells = [requestName(request.id), name(role), name(login), name(requester)];
  return {
    cells: [...cells, `${last === null ? 'not granted yet' : time(last)}${overdue ? ' OVERDUE' : ''}`],
    details: [...detailsOf(request, dueSince)],
  };
}

function* detailsOf(request: AccessRequest, dueSince: Date | null): Generator<string> {
  const { state, decidedAt, extension, users, trouble } = request;
  const by = approver(request);
  yield `why: ${words(request.reason) || 'no reason was given'}`;
  if (state === 'pending') yield `for ${sayDuration(request.wishedMs)}; asked: ${people(request.asked)}`;
  if (by !== null && decidedAt !== null) yield `approved by ${by}, ${time(decidedAt)}`;
  if (extension?.state === 'confirmed' || extension?.state === 'asked') {
    const unconfirmed = extension.state === 'asked' ? ', not confirmed yet' : '';
    yield `extended by ${name(extension.by)}, ${time(extension.at)}${unconfirmed}`;
  }
  if (users.length > 0)
    yield `can be used by ${users.length} more ${users.length === 1 ? 'login' : 'logins'}`;
  if (dueSince !== null) yield `ends because: ${whyEnded(request)}`;
  if (trouble !== null)
    yield `${request.why === 'failed' ? 'why it was not granted' : 'not done yet'}: ${words(trouble)}`;
}

function unreviewedRow(request: AccessRequest): Row {
  const { id, role, login, requester, grantedAt, reason, emergency, judgeAt, state } = request;
  const next = judgeAt === null ? '' : `, next ${time(judgeAt)}`;
  return {
    cells: [
      requestName(id),
      name(role),
      name(login),
      name(requester),
      grantedAt === null ? '-' : time(grantedAt),
    ],
    details: [
      `why: ${words(reason) || 'no reason was given'}`,
      `emergency access, ${state === 'ended' ? 'over' : 'not over yet'}; reviewers asked ${plural(emergency?.asked ?? 0, 'time')}${next}`,
    ],
  };
}

function strayRow(stray: Stray): Row {
  const { role, login, request, foundAt, because, trouble } = stray;
  const [id, person] = request === null ? ['-', '-'] : [requestName(request.id), name(request.requester)];
  return {
    cells: [id, name(role), name(login), person, time(foundAt)],
    details: [
      whyLeft(stray),
      ...(because === null ? [] : [`why: ${words(because)}`]),
      ...(trouble === null ? [] : [`not done yet: ${words(trouble)}`]),
    ],
  };
}

function whyLeft({ kind, askedBy }: Stray): string {
  if (kind === 'late') return 'its GRANT reached the server after its end; being revoked';
  if (kind === 'leftover') return 'it was on the server again after its end; being revoked';
  const because = askedBy === null ? 'because of orphans: revoke' : `by word of ${name(askedBy)}`;
  return `no request explains it; being revoked ${because}`;
}

function repeatRow({ requestId, role, login, requester, approver, createdAt, until, maxMs }: Repeat): Row {
  return {
    cells: [requestName(requestId), name(role), name(login), name(requester), time(until)],
    details: [
      `${name(approver)} approved the same again, ${time(createdAt)}; for ${sayDuration(maxMs)} at most each time`,
    ],
  };
}

function orphanRow({ role, login, foundAt }: Orphan & { readonly foundAt: Date }): Row {
  return {
    cells: ['-', name(role), name(login), '-', time(foundAt)],
    details: ["granted by Hallpass's login, and no request explains it; an operator decides in Slack"],
  };
}
