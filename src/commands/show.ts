/** `hallpass show`: one request, from its submission to its end, in words. */
import type { Command } from 'commander';
import { parseRequestName, requestName } from '../domain/request/request.js';
import type { HallpassError } from '../errors.js';
import { readNow } from '../ledger/audit/audit-chain.js';
import { mayBePruned } from '../ledger/audit/audit-checkpoints.js';
import { type HistoryEvent, readHistory } from '../ledger/audit/history.js';
import type { Queryable } from '../ledger/pool.js';
import { readToShow, type Shown } from '../ledger/targets/strays.js';
import { tell } from '../surfaces/terminal/history.js';
import { name, time } from '../surfaces/terminal/plain.js';
import { whereItStands } from '../surfaces/terminal/where-it-stands.js';
import { withPatientLedger } from './shared/ledger.js';
import { wrap } from './shared/output.js';
import { refused } from './shared/refused.js';
import { requestFacts, strayFacts } from './shared/request-facts.js';
import { printStream } from './shared/stream.js';

/** Events in memory at a time: one with a preview takes some tens of kilobytes. */
const PAGE = 20;

/** The events with which a history begins. */
const BEGINNINGS: readonly string[] = ['submitted', 'recovered'];

export function addShow(program: Command): void {
  program
    .command('show')
    .description('the whole history of one request in words; needs DATABASE_URL alone')
    .argument('<request>', 'as on its card: R-1042')
    .option('--json', 'print one JSON document')
    .action(show);
}

async function show(text: string, { json }: { readonly json?: true }): Promise<void> {
  const id = parseRequestName(text);
  if (id === null) {
    throw refused(`${JSON.stringify(text)} is not a request`, 'Write its id as it is on its card: R-1042.');
  }
  await withPatientLedger(async (db) => {
    const [shown] = await readToShow(db, [id]);
    if (shown === undefined) throw await unknown(db, id);
    const now = await readNow(db);
    const events = readEvents(db, id);
    await printStream(json ? asJson(shown, now, events) : asText(shown, now, events));
  });
}

async function unknown(db: Queryable, id: number): Promise<HallpassError> {
  if (await mayBePruned(db, id)) {
    return refused(
      `${requestName(id)} is not in the ledger any more: it was deleted with the audit events of its time`,
      'Look for it in what was exported before `hallpass audit prune`.',
    );
  }
  return refused(
    `there is no ${requestName(id)} in this ledger`,
    'See what is open with `hallpass status`. If its card comes from another Hallpass, ask that one.',
  );
}

async function* readEvents(db: Queryable, id: number): AsyncGenerator<HistoryEvent> {
  let after = 0;
  for (;;) {
    const page = await readHistory(db, id, after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

async function* asText(
  { request, strays }: Shown,
  now: Date,
  events: AsyncIterable<HistoryEvent>,
): AsyncGenerator<string> {
  const { id, role, target, login, requester } = request;
  yield `${requestName(id)}: ${name(role)} on ${name(target)} for the login ${name(login)}, asked for by ${name(requester)}\n\n`;
  for (const line of whereItStands(request, strays, now)) yield `${wrap(line, '')}\n`;
  yield '\n';
  let isFirst = true;
  for await (const event of events) {
    if (isFirst && !BEGINNINGS.includes(event.kind))
      yield 'What came before was pruned from the audit trail.\n';
    isFirst = false;
    const at = `${time(event.at)}  `;
    yield `${at}${wrap(says(event), ' '.repeat(at.length))}\n`;
  }
  if (isFirst) yield 'The audit trail has no event of it.\n';
}

async function* asJson(
  { request, strays }: Shown,
  now: Date,
  events: AsyncIterable<HistoryEvent>,
): AsyncGenerator<string> {
  const facts = {
    at: now,
    says: whereItStands(request, strays, now),
    request: requestFacts(request),
    strays: strays.map(strayFacts),
  };
  yield `${JSON.stringify(facts).slice(0, -1)}, "events": [`;
  let isFirst = true;
  for await (const event of events) {
    const { at, kind, actor, data } = event;
    yield `${isFirst ? '' : ','}\n  ${JSON.stringify({ at, kind, actor, says: says(event), data })}`;
    isFirst = false;
  }
  yield '\n]}\n';
}

function says(event: HistoryEvent): string {
  return tell(event) ?? `Something that this release doesn't know: ${name(event.kind)}.`;
}
