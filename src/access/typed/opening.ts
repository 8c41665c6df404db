/** What the form begins with that asks for what was left out, unknown or unclear. */
import type { Doubt, TypedRequest } from '../../domain/typed/typed-command.js';
import { inTime } from '../../in-time.js';
import type { Person } from '../../messenger/messenger.js';
import * as words from '../../surfaces/forms/typed-words.js';
import type { Actor } from '../access.js';
import { rolesThatGive } from '../asking/by-object.js';
import { targetMenu } from '../asking/menus.js';
import type { Opening } from '../asking/open-form.js';
import { identify } from '../deciding/accounts.js';
import type { Deps } from '../deps.js';
import { firstErrorLine, offersOf } from './offers.js';

/** The trigger lives 3 s, and the form itself takes a second; milliseconds. */
const LOOK_MS = 1_300;

export interface ToOpen {
  readonly typed: string;
  readonly channel: string | null;
  readonly read: TypedRequest;
  /** What is wrong with it; plain text. */
  readonly says: string | null;
}

export async function openingOf(deps: Deps, actor: Actor, asked: ToOpen): Promise<Opening> {
  const { read, channel } = asked;
  const target = deps.config.targets.get(read.instance ?? '') ?? null;
  const role = (target && read.role !== null && deps.roles.offered(target.key, read.role)) || null;
  const opening: Opening = {
    ...{ channel, target, role, durationMs: read.durationMs, reason: read.reason, offers: [] },
    unknown: { instance: unknown(read, 'instance'), role: unknown(read, 'role') },
    says: asked.says,
    asIn: null,
  };
  const looked = inTime(LOOK_MS, lookUp(deps, actor, asked, opening), () => null);
  return (await looked.catch(() => null)) ?? opening;
}

/** A word that names nothing. */
function unknown({ doubts }: TypedRequest, about: Doubt['about']): string | null {
  return doubts.find((doubt) => doubt.about === about && doubt.among.length === 0)?.typed ?? null;
}

async function lookUp(deps: Deps, actor: Actor, asked: ToOpen, opening: Opening): Promise<Opening | null> {
  const who = await identify(deps, actor);
  // The form says why.
  if (!who.ok) return null;
  const says = asked.says ?? (await sayDoubts(deps, who.person, asked.read));
  const { instance, role } = opening.unknown;
  const word = instance ?? role;
  if (word === null) return { ...opening, says };
  return (await byObject(deps, who.person, asked, { ...opening, says }, word)) ?? { ...opening, says };
}

/** The word may be a table's, or all of it an error. */
async function byObject(
  deps: Deps,
  person: Person,
  { typed, channel }: ToOpen,
  opening: Opening,
  word: string,
): Promise<Opening | null> {
  const ask = (text: string) => rolesThatGive(deps, person, { channel, target: opening.target, text });
  const whole = await ask(typed);
  const found = whole.kind === 'no_question' ? await ask(word) : whole;
  if (found.kind === 'no_question') return null;
  const isError = found.wanted.asked === 'error';
  const reason = isError ? firstErrorLine(typed) : opening.reason;
  if (found.kind === 'roles') return { ...opening, ...offersOf(found), reason };
  // A word may be misspelled: then the nearest names say more.
  if (!isError && found.kind !== 'open') return null;
  const unknown = isError ? { instance: null, role: null } : opening.unknown;
  return { ...opening, unknown, reason, says: found.text };
}

/** In plain text; only what this person may see is named. */
async function sayDoubts(
  deps: Deps,
  person: Person,
  { doubts, instance, durationMs }: TypedRequest,
): Promise<string | null> {
  const said = await Promise.all(
    doubts.map(async ({ about, typed, among }) => {
      if (about === 'duration')
        return typed === null ? null : words.durationUnclear(typed, durationMs !== null);
      if (about === 'role') return among.length === 0 ? null : words.whichRole(among);
      const known = among.length === 0 ? [] : await visible(deps, person, among);
      if (known.length === 0) return null;
      return instance === null ? words.whichInstance(known) : words.onlyInstance(instance);
    }),
  );
  const sentences = said.filter((each) => each !== null);
  return sentences.length === 0 ? null : sentences.join(' ');
}

async function visible(deps: Deps, person: Person, keys: readonly string[]): Promise<readonly string[]> {
  const menu = await targetMenu(deps, person);
  return menu.items.map(({ key }) => key).filter((key) => keys.includes(key));
}
