/**
 * What somebody wants who typed something after the command: `shop-prod orders_read 2h OPS-123 stuck order`. Instance,
 * role and duration come first, in any order, and the reason is what follows. Whatever can be read in two ways is a
 * doubt, and then the form asks: nothing is guessed. Pure.
 */
import { parseDuration } from '../duration.js';
import { type Token, tokensOf } from './typed-tokens.js';

export const SUB_COMMANDS = ['help', 'mine', 'again', 'relinquish', 'who'] as const;
export type SubCommand = (typeof SUB_COMMANDS)[number];

/** The names that are known. Each word may be somebody's, in whichever case it was typed. */
export interface Names {
  /** The keys of the instances that are called so. */
  instances(word: string): readonly string[];
  /** The roles of this instance that are called so. */
  roles(instance: string, word: string): readonly string[];
  /** The keys of the instances on which a role is called so. */
  instancesWith(role: string): readonly string[];
}

export interface Doubt {
  readonly about: 'instance' | 'role' | 'duration';
  /** Null: it was left out. */
  readonly typed: string | null;
  /** Those that may be meant: instances or roles, of those that are known. */
  readonly among: readonly string[];
}

export interface TypedRequest {
  readonly instance: string | null;
  readonly role: string | null;
  readonly durationMs: number | null;
  /** As it was typed; '' when there is none. */
  readonly reason: string;
  /** Empty when instance, role and duration are there, and each can be read in one way. */
  readonly doubts: readonly Doubt[];
}

/** A name in quotes is no sub-command: an instance may be called like one. */
export function readSubCommand(
  typed: string,
): { readonly name: SubCommand; readonly words: readonly string[] } | null {
  const [first, ...rest] = tokensOf(typed);
  const name = SUB_COMMANDS.find((each) => each === first?.text.toLowerCase());
  if (name === undefined || first?.quoted !== false) return null;
  return { name, words: rest.map(({ text }) => text) };
}

export function readRequest(typed: string, names: Names): TypedRequest {
  const head = new Head(tokensOf(typed), names);
  const { instance, role, durationMs, doubts, next } = head.read();
  const start = next?.start ?? typed.length;
  const reason = typed
    .slice(start)
    .replace(/^[-–—:,;]+\s+/u, '')
    .trim();
  const last = durationMs === null ? lastDuration(reason) : null;
  return { instance, role, durationMs: durationMs ?? last, reason, doubts };
}

/** Words between the names, that say nothing by themselves. */
const FILLERS: ReadonlySet<string> = new Set([
  'on',
  'for',
  'in',
  'at',
  'to',
  'as',
  'the',
  'role',
  'instance',
  '/',
  '|',
  '·',
  '-',
  '–',
  '—',
  '',
]);

/** A duration is at most so many words: "1 hour 30 minutes". */
const MAX_WORDS = 4;

/** Where the words are read, from the first one on. */
class Head {
  readonly #tokens: readonly Token[];
  readonly #names: Names;
  #at = 0;
  #instance: string | null = null;
  /** Named, whether it is known or not. */
  #instanceNamed = false;
  /** Typed before its instance. */
  #early: Token | null = null;
  #role: string | null = null;
  #roleNamed = false;
  #durationMs: number | null = null;
  readonly #doubts: Doubt[] = [];

  constructor(tokens: readonly Token[], names: Names) {
    this.#tokens = tokens;
    this.#names = names;
  }

  read(): Omit<TypedRequest, 'reason'> & { readonly next: Token | undefined } {
    while (this.#step() || this.#skipUnknown());
    this.#settleRole();
    const missing = (about: Doubt['about'], among: readonly string[] = []) =>
      this.#doubts.push({ about, typed: null, among });
    if (!this.#instanceNamed) missing('instance', this.#early === null ? [] : this.#with(this.#early.text));
    if (!this.#roleNamed) missing('role');
    if (this.#durationMs === null && !this.#doubts.some(({ about }) => about === 'duration')) {
      const next = this.#tokens[this.#at];
      const typed = next !== undefined && !next.quoted && /^\d/u.test(next.text) ? next.text : null;
      this.#doubts.push({ about: 'duration', typed, among: [] });
    }
    const [instance, role, durationMs] = [this.#instance, this.#role, this.#durationMs];
    return { instance, role, durationMs, doubts: this.#doubts, next: this.#tokens[this.#at] };
  }

  /** Reads what comes next, past words that say nothing. @returns false where nothing is recognized */
  #step(): boolean {
    const at = this.#pastFillers(this.#at);
    const token = this.#tokens[at];
    if (token === undefined) return false;
    return (
      this.#readDuration(at) ||
      (this.#readInstance(token) || this.#readPath(token) || this.#readRole(token) ? this.#go(at + 1) : false)
    );
  }

  #go(at: number): true {
    this.#at = at;
    return true;
  }

  #pastFillers(from: number): number {
    let at = from;
    for (let token = this.#tokens[at]; token !== undefined; token = this.#tokens[at]) {
      const isFiller = !token.quoted && FILLERS.has(token.text.toLowerCase()) && this.#isNoName(token);
      if (!isFiller) break;
      at += 1;
    }
    return at;
  }

  /** What is called like such a word can be named where its turn has come. */
  #isNoName({ text }: Token): boolean {
    if (this.#instance === null) return this.#instanceNamed || this.#names.instances(text).length === 0;
    const hasRole = this.#roleNamed || this.#early !== null;
    return hasRole || this.#names.roles(this.#instance, text).length === 0;
  }

  #with(role: string): readonly string[] {
    return this.#names.instancesWith(role);
  }

  #readDuration(at: number): boolean {
    if (this.#durationMs !== null) return false;
    const found = this.#durationAt(at);
    if (found === null) return false;
    this.#durationMs = found.ms;
    this.#go(found.end);
    // "2h 5m rows": five minutes more, or five million rows?
    const second = this.#durationAt(found.end);
    if (second === null) return true;
    this.#doubts.push({ about: 'duration', typed: this.#words(at, second.end), among: [] });
    this.#durationMs = parseDuration(this.#words(at, second.end)) ?? found.ms;
    return this.#go(second.end);
  }

  #words(from: number, to: number): string {
    return this.#tokens
      .slice(from, to)
      .map(({ text }) => text)
      .join(' ');
  }

  /** The shortest that stands here. */
  #durationAt(at: number): { readonly ms: number; readonly end: number } | null {
    for (let end = at + 1; end <= Math.min(at + MAX_WORDS, this.#tokens.length); end += 1) {
      if (this.#tokens[end - 1]?.quoted) return null;
      const ms = parseDuration(this.#words(at, end));
      if (ms !== null) return { ms, end };
    }
    return null;
  }

  #readInstance({ text }: Token): boolean {
    const called = this.#names.instances(text);
    const [only, ...others] = called;
    if (only === undefined) return false;
    if (!this.#instanceNamed) {
      this.#instanceNamed = true;
      if (others.length === 0) this.#instance = only;
      else this.#doubts.push({ about: 'instance', typed: text, among: called });
      return true;
    }
    // A second one: unless it begins the reason, or is the role's name.
    const known = this.#instance;
    if (known === null || this.#roleNamed || this.#early !== null || called.includes(known)) return false;
    if (this.#names.roles(known, text).length > 0) return false;
    this.#doubts.push({ about: 'instance', typed: text, among: [known, ...called] });
    this.#instance = null;
    return true;
  }

  /** `shop-prod/orders_read` */
  #readPath({ text, quoted }: Token): boolean {
    const slash = text.indexOf('/');
    if (quoted || slash < 1 || this.#instanceNamed || this.#roleNamed) return false;
    const [instance, ...others] = this.#names.instances(text.slice(0, slash));
    if (instance === undefined || others.length > 0) return false;
    this.#instance = instance;
    this.#instanceNamed = true;
    const role = text.slice(slash + 1);
    return role === '' || this.#nameRole(instance, role) || this.#unknownRole(role);
  }

  #readRole(token: Token): boolean {
    const known = this.#instance;
    if (known === null) {
      if (this.#early !== null || this.#with(token.text).length === 0) return false;
      this.#early = token;
      return true;
    }
    if (this.#early !== null) return false;
    if (!this.#roleNamed) return this.#nameRole(known, token.text);
    // Two roles in a row; after the duration the reason has begun.
    if (this.#durationMs !== null) return false;
    const others = this.#names.roles(known, token.text).filter((role) => role !== this.#role);
    if (this.#role === null || others.length === 0) return false;
    this.#doubts.push({ about: 'role', typed: token.text, among: [this.#role, ...others] });
    this.#role = null;
    return true;
  }

  #nameRole(instance: string, word: string): boolean {
    const called = this.#names.roles(instance, word);
    const [only, ...others] = called;
    if (only === undefined) return false;
    this.#roleNamed = true;
    if (others.length === 0) this.#role = only;
    else this.#doubts.push({ about: 'role', typed: word, among: called });
    return true;
  }

  #unknownRole(typed: string): true {
    this.#roleNamed = true;
    this.#doubts.push({ about: 'role', typed, among: [] });
    return true;
  }

  /** A role that was typed before its instance. */
  #settleRole(): void {
    if (this.#early === null) return;
    const { text } = this.#early;
    const [only, ...others] = this.#instanceNamed ? [] : this.#with(text);
    if (this.#instance === null && only !== undefined && others.length === 0) this.#instance = only;
    this.#roleNamed = true;
    if (this.#instance === null) return;
    if (!this.#nameRole(this.#instance, text)) this.#unknownRole(text);
  }

  /**
   * A word that names nothing, where an instance or a role is still to be named. It is taken for a misspelled name, and
   * what follows it is read on, when what follows is recognized; else it begins the reason.
   */
  #skipUnknown(): boolean {
    const at = this.#pastFillers(this.#at);
    const token = this.#tokens[at];
    const needsRole = !this.#roleNamed && this.#early === null;
    const about = !this.#instanceNamed ? 'instance' : needsRole && this.#instance !== null ? 'role' : null;
    if (token === undefined || about === null) return false;
    const readsOn = this.#isRecognized(at + 1);
    // After the duration the reason is likelier than one more name.
    if (this.#durationMs !== null && !readsOn) return false;
    const unknown = (which: 'instance' | 'role', typed: string) => {
      this.#doubts.push({ about: which, typed, among: [] });
      if (which === 'instance') this.#instanceNamed = true;
      else this.#roleNamed = true;
    };
    const following = this.#tokens[this.#pastFillers(at + 1)];
    if (about === 'instance' && needsRole && following && this.#names.instances(following.text).length > 0) {
      unknown('role', token.text);
      return this.#go(at + 1);
    }
    unknown(about, token.text);
    const second = this.#tokens[at + 1];
    // The only word there is: no reason.
    if (readsOn || second === undefined) return this.#go(at + 1);
    if (about !== 'instance' || !needsRole || !this.#isRecognized(at + 2)) return false;
    unknown('role', second.text);
    return this.#go(at + 2);
  }

  #isRecognized(from: number): boolean {
    const at = this.#pastFillers(from);
    const token = this.#tokens[at];
    if (token === undefined) return false;
    if (this.#durationMs === null && this.#durationAt(at) !== null) return true;
    const needsRole = !this.#roleNamed && this.#early === null;
    if (this.#instance !== null) return needsRole && this.#names.roles(this.#instance, token.text).length > 0;
    const isInstance = !this.#instanceNamed && this.#names.instances(token.text).length > 0;
    return isInstance || (needsRole && this.#with(token.text).length > 0);
  }
}

/** "… for 2h", at its very end: what the form begins with. */
function lastDuration(reason: string): number | null {
  const said = /\bfor\s+(\d[\d\sa-z]{0,25})$/iu.exec(reason.slice(-40))?.[1];
  return said === undefined ? null : parseDuration(said);
}
