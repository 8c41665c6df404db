/**
 * One plain sentence for each audit event, for anyone who reads a request's history on a terminal. What an event holds may
 * have been forged, so nothing of it is taken for what it should be: what isn't there is left out.
 */
import { sayDuration } from '../../domain/duration.js';
import { allOf, firstOf, plural } from '../kit/words.js';
import { name, through, time, words } from './plain.js';

/** Names in one sentence. */
const MOST_NAMES = 10;

export interface ToldEvent {
  readonly kind: string;
  readonly actor: string | null;
  /** Unchecked; null also when it is too large to be read. */
  readonly data: unknown;
}

/** What an event holds, read with care. */
class Facts {
  readonly #data: Readonly<Record<string, unknown>>;

  constructor(data: unknown) {
    this.#data = typeof data === 'object' && data !== null ? { ...data } : {};
  }

  text(key: string): string | null {
    const value = this.#data[key];
    return typeof value === 'string' && value !== '' ? value : null;
  }

  /** The text after `before`, or nothing. */
  maybe(before: string, key: string, show: (text: string) => string = words): string {
    const text = this.text(key);
    return text === null ? '' : `${before}${show(text)}`;
  }

  number(key: string): number {
    const value = this.#data[key];
    return typeof value === 'number' && Number.isFinite(value) ? value : 0;
  }

  is(key: string): boolean {
    return this.#data[key] === true;
  }

  list(key: string): readonly string[] {
    const value = this.#data[key];
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  }

  part(key: string): Facts {
    return new Facts(this.#data[key]);
  }

  has(key: string): boolean {
    const value = this.#data[key];
    return Array.isArray(value) ? value.length > 0 : value != null;
  }

  /** ` for 1 hour`, or nothing. */
  duration(key: string): string {
    const ms = this.number(key);
    return ms > 0 ? ` for ${sayDuration(ms)}` : '';
  }

  /** The time after `before`, or nothing. */
  time(before: string, key: string): string {
    const at = new Date(this.text(key) ?? Number.NaN);
    return Number.isNaN(at.getTime()) ? '' : `${before}${time(at)}`;
  }
}

type Sentence = (facts: Facts, actor: string) => string;

const left = "the Slack account was deactivated or is no longer a full member's";

/** Events that name no actor were Hallpass's own. */
const HALLPASS = 'Hallpass';

const SENTENCES: Readonly<Record<string, Sentence>> = {
  submitted: (f, actor) =>
    `${actor} asked for ${f.maybe('', 'role', name)}${f.maybe(' on ', 'target', name)}${f.duration('wishedMs')}${f.maybe(', for the login ', 'login', name)}${f.maybe(': ', 'reason')}`,
  previewed: (f) =>
    f.is('ok')
      ? `Hallpass read what the role can do: danger ${f.part('preview').maybe('', 'danger', name)}.`
      : `Hallpass couldn't read what the role can do${f.maybe(': ', 'why')}.`,
  on_call_asked: (f) =>
    f.text('note') === null
      ? 'Hallpass asked again who is on call, and what it had found does not hold any more.'
      : `Hallpass asked who is on call, and it did not approve${f.maybe(': ', 'note')}`,
  approved: (f, actor) => `${actor} approved it${viaOf(f)}${f.duration('durationMs')}.`,
  approved_on_call: (f) =>
    `The on-call rule approved it${f.maybe(', ', 'through', name)},${f.duration('durationMs')}.`,
  approved_partly: (f, actor) =>
    `${actor} approved it${viaOf(f)}${f.duration('durationMs')}; others have to approve it, too.`,
  approved_automatically: (f) =>
    `An automatic rule approved it${f.maybe(', ', 'through', name)},${f.duration('durationMs')}.`,
  approved_again: (f) =>
    `An earlier approval covers it${f.maybe(', ', 'through', name)},${f.duration('durationMs')}.`,
  repeat_made: (f, actor) =>
    `${actor} approved the same again${f.time(' until ', 'until')}, each time${f.duration('maxMs')} at most.`,
  repeat_ended: (f, actor) =>
    actor === HALLPASS
      ? `The same again is no longer approved${f.maybe(', because ', 'because')}.`
      : `${actor} ended the approval of the same again.`,
  approved_in_emergency: (f) =>
    `It was granted as an emergency${f.maybe(', ', 'through', name)},${f.duration('durationMs')}.`,
  denied: (f, actor) => `${actor} denied it${viaOf(f)}${f.maybe(': ', 'because')}`,
  withdrawn: (f, actor) =>
    f.text('because') !== null
      ? `${f.maybe('', 'by', name)} canceled it${f.maybe(': ', 'because')}`
      : actor === HALLPASS
        ? `Hallpass canceled it, because ${left}.`
        : `${actor} canceled it.`,
  lapsed: () => 'It lapsed: nobody decided in time.',
  step_told: (f) => {
    const did = [
      ...(f.has('reminded') ? ['reminded those asked'] : []),
      ...(f.has('to') ? ['asked others, too'] : []),
      ...(f.is('page') ? ['alerted the operators'] : []),
    ];
    return `Nobody had decided${f.duration('afterMs')}, so Hallpass ${allOf(did)}.`;
  },
  ladder_changed: (f) =>
    f.text('next') === null
      ? 'By today’s policy nobody else is told that it waits.'
      : `By today’s policy it is told again${f.time(' at ', 'next')} that it waits.`,
  asking: (f) => {
    if (f.has('unshown')) {
      const place = f.part('unshown');
      return `Hallpass can't post its card${place.maybe(' in ', 'channel', name)}${place.maybe(': ', 'why')}`;
    }
    if (f.has('nobody')) return 'Hallpass found that nobody can decide it.';
    return f.has('approvers')
      ? 'Who decides is not as it was when it was asked for.'
      : 'It can be decided as when it was asked for.';
  },
  cleared: () => 'Hallpass checked again that it may be granted.',
  grant_intended: (f) =>
    `Hallpass noted where it is about to grant it${f.maybe(', on the server ', 'server', name)}.`,
  granted: (f) =>
    `Hallpass granted it${f.time(' until ', 'expiresAt')}, confirmed on the server.${alsoFor(f)}`,
  users_seen: (f) => `More logins can use it through the holder's login.${alsoFor(f)}`,
  grant_failed: (f) => `Hallpass gave up granting it${f.maybe(': ', 'trouble')}`,
  hindered: (f) => `It could not be done yet${f.maybe(': ', 'trouble')}`,
  warned: () => 'Hallpass told the holder that the end is near.',
  unused: () => 'Hallpass told the holder that nobody uses it.',
  idle_announced: (f) => `Hallpass told the holder that it ends unused${f.time(' at ', 'endsAt')}.`,
  idle_called_off: () => 'It is used, or nobody can tell that it isn’t: it doesn’t end unused.',
  ended_idle: (f) => `Hallpass ended it: no session could use it${f.time(' since ', 'since')}.`,
  extended: (f, actor) =>
    `${actor} extended it${viaOf(f)}${f.time(', from ', 'from')}${f.time(' to ', 'expiresAt')}.`,
  extension_asked: (f, actor) => `${actor} asked to extend it${f.duration('forMs')}.`,
  extension_approved_partly: (f, actor) =>
    `${actor} approved an extension${viaOf(f)}${f.duration('forMs')}; others have to approve it, too.`,
  extension_denied: (f, actor) => `${actor} denied the extension${viaOf(f)}${f.maybe(': ', 'because')}.`,
  extended_by_rule: (f) =>
    `A rule extended it${f.maybe(', ', 'via', name)}${f.time(', from ', 'from')}${f.time(' to ', 'expiresAt')}.`,
  extension_confirmed: () => 'The server has the new end.',
  extension_refused: (f) =>
    `The server refused the extension, and it ends${f.time(' at ', 'expiresAt')}${f.maybe(': ', 'trouble')}`,
  relinquished: (_, actor) => `${actor} relinquished it.`,
  end_asked: (f, actor) =>
    `${actor === HALLPASS && f.text('by') === null ? `Hallpass ended it, because ${left}` : `${name(f.text('by') ?? actor)} ended it`}${f.maybe(': ', 'because')}.`,
  found_gone: (f) =>
    f.text('after') === null
      ? 'Hallpass found it gone from the server, and the ledger doesn’t say who revoked it.'
      : `Hallpass found it gone from the server${f.maybe(', after ', 'after')}.`,
  sessions_open: (f) =>
    `It is revoked, and sessions could still use it${f.maybe(': ', 'trouble')}${alsoFor(f)}`,
  proved_gone: (f) =>
    `${f.is('found') ? 'Hallpass found it revoked already' : 'Hallpass revoked it'}, confirmed on the server.${proof(f)}`,
  judged: (f, actor) =>
    `${actor}${viaOf(f)} found the emergency ${f.text('verdict') === 'justified' ? 'justified' : 'not justified'}${f.maybe(': ', 'words')}`,
  judge_asked: () => 'Hallpass asked the reviewers whether the emergency was justified.',
  reviewed: (f) =>
    f.text('why') === null
      ? `Hallpass read what changed on the server during the grant: ${plural(f.number('total'), 'change')}.`
      : `Hallpass couldn't read what changed on the server during the grant${f.maybe(': ', 'why')}.`,
  written_off: (f) =>
    `${f.maybe('', 'by', name)} closed it without proof that it is gone${f.maybe(': ', 'because')}`,
  replaced: (f) =>
    `${f.maybe('', 'by', name)} said that the server was replaced, and on the new one it is confirmed gone${f.maybe(': ', 'because')}.${proof(f)}`,
  restored: () =>
    'The ledger was restored from a time at which it was not granted yet, so it is not granted.',
  recovered: (f) =>
    `An operator took it over from what the server remembers${f.time(', until ', 'expiresAt')}.`,

  leftover_found: (f) =>
    f.text('kind') === 'late'
      ? 'Its GRANT reached the server after its end, so Hallpass revokes it.'
      : `It was on the server again after its end, so Hallpass revokes it${f.maybe(': ', 'because')}.`,
  leftover_open: (f) => `What came back is not confirmed gone yet${f.maybe(': ', 'trouble')}`,
  leftover_taken_back: (f) => `What came back is gone, confirmed on the server.${proof(f)}`,
  leftover_kept: (f) =>
    `What came back belongs to ${f.text('by') ?? 'a newer request'} now, and ends with it.`,

  orphan_take_asked: (f, actor) => `${actor} had an unexplained membership revoked: ${pair(f)}.`,
  orphan_open: (f) =>
    `The unexplained membership ${pair(f)} is not confirmed gone yet${f.maybe(': ', 'trouble')}`,
  orphan_taken_back: (f) =>
    `The unexplained membership ${pair(f)} is gone, confirmed on the server.${proof(f)}`,
  orphan_kept: (f) =>
    `The membership ${pair(f)} belongs to ${f.text('by') ?? 'a newer request'} now, and ends with it.`,

  ledger_doubted: (f) => `The ledger is not as ${f.maybe('', 'target', name)} remembers it.`,
  anchor_forged: (f) => `Somebody else wrote what ${f.maybe('', 'target', name)} remembers.`,
  ledger_accepted: (f) => `An operator went on with this ledger on ${f.maybe('', 'target', name)}.`,
  server_unknown: (f) => `Another server answers at ${f.maybe('', 'target', name)}, which may be a copy.`,
  server_moved: (f) => `The server of ${f.maybe('', 'target', name)} is another one than before.`,
  server_replaced: (f) =>
    `${f.maybe('', 'by', name)} said that the server of ${f.maybe('', 'target', name)} was replaced${f.maybe(': ', 'because')}.`,
  paused: (f) =>
    `${f.maybe('', 'by', name)} paused granting${f.maybe(' on ', 'target', name)}${f.maybe(': ', 'because')}.`,
  resumed: (f) =>
    `${f.maybe('', 'by', name)} resumed granting${f.maybe(' on ', 'target', name)}${f.maybe(': ', 'because')}.`,
  configuration_read: (f) =>
    `Hallpass read its configuration again${f.list('changes').length === 0 ? '' : `: ${f.list('changes').slice(0, MOST_NAMES).map(words).join(', ')}`}.`,
  audit_pruned: (f) => `${f.maybe('', 'by', name)} deleted ${plural(f.number('count'), 'older event')}.`,
  requests_pruned: (f) => `${f.maybe('', 'by', name)} deleted ${plural(f.number('count'), 'old request')}.`,
};

function viaOf(facts: Facts): string {
  return through(facts.text('via'));
}

function alsoFor(facts: Facts): string {
  const users = facts.list('users');
  if (users.length === 0) return '';
  return ` Others who can use it: ${firstOf(users.map(name), MOST_NAMES, facts.number('moreUsers'))}.`;
}

function proof(facts: Facts): string {
  const prepared = facts.list('prepared');
  const left = ` Prepared transactions are left: ${firstOf(prepared.map(name), MOST_NAMES)}.`;
  return ` ${plural(facts.number('closed'), 'session')} ended.${prepared.length === 0 ? '' : left}`;
}

function pair(facts: Facts): string {
  return `${facts.maybe('', 'role', name)} of ${facts.maybe('', 'login', name)}${facts.maybe(' on ', 'target', name)}`;
}

/** The event as a sentence; null for a kind that this release doesn't know. */
export function tell({ kind, actor, data }: ToldEvent): string | null {
  const sentence = Object.hasOwn(SENTENCES, kind) ? SENTENCES[kind] : undefined;
  if (sentence === undefined) return null;
  const said = sentence(new Facts(data), actor === null ? HALLPASS : name(actor)).trim();
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}
