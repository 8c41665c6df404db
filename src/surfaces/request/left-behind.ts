/**
 * In the thread of the card, after the end: what changed on the server while the role was granted. The catalogs don't say
 * who changed it, so nobody is blamed for it.
 */
import type { ChangeFact, Changes } from '../../domain/postgres/preview.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { compose } from '../kit/blocks.js';
import type { Message, Scene } from '../kit/message.js';
import { code, inline } from '../kit/text.js';
import { firstOf, plural } from '../kit/words.js';
import { footer, place } from './state-words.js';

/** Facts in one message; all that were read are in the audit. */
const MAX_SHOWN = 5;
const MAX_FACT = 200;
const MAX_WHY = 60;

export function leftBehind(request: AccessRequest, scene: Scene, changes: Changes): Message {
  const others = changes.total === 0 ? '' : '; someone else may have made them';
  return compose({
    mark: 'mag',
    title: title(changes),
    paragraphs: [`On ${place(scene)}${others}. ${leftBehindText(changes, request)}`],
    footer: footer(request),
  });
}

function title({ total }: Changes): string {
  if (total === 0) return 'No changes during the window';
  return `${plural(total, 'change')} during the window`;
}

/** Those that name the login or the role first; in mrkdwn. */
export function leftBehindText(
  { total, facts, unread }: Changes,
  { login, role }: { readonly login: string; readonly role: string },
): string {
  const shown = facts.slice(0, MAX_SHOWN);
  const more = total - shown.length;
  return [
    naming(facts, `${code(login)} or ${code(role)}`),
    ...shown.map(factLine),
    ...(more > 0
      ? [`…and ${more} more; the audit has ${facts.length < total ? 'the first ones' : 'all'}.`]
      : []),
    ...(unread.length === 0 ? [] : [`Not checked: ${missed(unread)}.`]),
  ].join('\n');
}

function naming(facts: readonly ChangeFact[], either: string): string {
  const count = facts.filter(({ names }) => names !== null).length;
  if (facts.length === 0) return 'Nothing changed in what was read.';
  if (count === 0) return `None mentions ${either}:`;
  return `${plural(count, 'mentions', 'mention')} ${either}:`;
}

function factLine({ database, what }: ChangeFact): string {
  const where = database === null ? 'the whole server' : code(database);
  return `• ${where}: ${inline(what, MAX_FACT)}`;
}

function missed(unread: Changes['unread']): string {
  const names = unread.map(({ name, why }) => `${code(name)} (${inline(why, MAX_WHY)})`);
  return firstOf(names, MAX_SHOWN);
}
