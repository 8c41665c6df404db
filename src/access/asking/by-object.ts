/**
 * Which roles on offer to a person give the object that they type, or that the error they pasted names. Invariant: an
 * object is named only if a role on offer to them gives it, or if everybody who has a login there has it anyway; else the
 * answer is the same whether or not there is such an object.
 */
import type { RoleConfig, TargetConfig } from '../../config/config.js';
import { DANGERS } from '../../domain/postgres/danger.js';
import { readWanted } from '../../domain/wanted/read-wanted.js';
import type { Wanted } from '../../domain/wanted/wanted.js';
import type { Person } from '../../messenger/messenger.js';
import type { Gift, ObjectsIndex, Weight } from '../../postgres/objects/objects-index.js';
import { giftWords, nothingGives, objectsUnread, openToAll } from '../../surfaces/forms/by-object.js';
import { isOperator } from '../deciding/operator.js';
import type { Deps } from '../deps.js';
import { roleMenu, targetMenu } from './menus.js';

export type ByObjectDeps = Pick<Deps, 'config' | 'roles' | 'objects' | 'messenger' | 'logger'>;

/** A target that nobody has looked at is waited for so long, milliseconds. */
const FIRST_MS = 1_200;
/** So many characters are a beginning. */
const MIN_BEGINNING = 3;
/** Slack is waited for so long to say who the operators are, milliseconds. */
const GROUPS_MS = 500;

/** A role on offer that gives the object. */
export interface GivingRole {
  readonly target: TargetConfig;
  readonly role: RoleConfig;
  /** The object: where it is, and what it is called there. `database` null: in the configured one. */
  readonly object: Pick<Gift, 'kind' | 'schema' | 'name'> & { readonly database: string | null };
  /** What follows the role's name: "reads billing.invoices and 41 more". Plain text, at most 75 characters. */
  readonly words: string;
}

export type RolesThatGive =
  /** It asks for no object. */
  | { readonly kind: 'no_question' }
  /** Weakest first; of several objects of that name, each role with each. */
  | {
      readonly kind: 'roles';
      readonly wanted: Wanted;
      readonly roles: readonly [GivingRole, ...GivingRole[]];
    }
  /** No role is needed, none gives it, or a server has not said. `text`: why and what to do, in plain text. */
  | { readonly kind: 'open' | 'none' | 'unread'; readonly wanted: Wanted; readonly text: string };

/**
 * @param channel where they ask, as for the form: null when it is not known.
 * @param target null: every target with a role for them.
 * @param text what they typed or pasted, as Slack has it; may be long.
 */
export async function rolesThatGive(
  deps: ByObjectDeps,
  person: Person,
  asked: { readonly channel: string | null; readonly target: TargetConfig | null; readonly text: string },
): Promise<RolesThatGive> {
  const wanted = readWanted(asked.text);
  if (wanted === null) return { kind: 'no_question' };
  const targets = asked.target === null ? (await targetMenu(deps, person)).items : [asked.target];
  const offers = await Promise.all(
    targets.map(async (target) => {
      const { items } = await roleMenu(deps, { channel: asked.channel }, target, person);
      return { target, offered: items };
    }),
  );
  return rolesAmong(deps, person, wanted, offers, { waitMs: FIRST_MS });
}

/**
 * As `rolesThatGive`, when what is on offer to them is known already.
 * @param how.waitMs how long a target is waited for that has said nothing yet.
 * @param how.typing the name may be unfinished: where nothing is called so, what begins so counts.
 */
export async function rolesAmong(
  deps: ByObjectDeps,
  person: Pick<Person, 'id'>,
  wanted: Wanted,
  offers: readonly { readonly target: TargetConfig; readonly offered: readonly RoleConfig[] }[],
  { waitMs, typing = false }: { readonly waitMs: number; readonly typing?: boolean },
): Promise<Exclude<RolesThatGive, { kind: 'no_question' }>> {
  const read = await Promise.all(
    offers
      .filter(({ offered }) => offered.length > 0)
      .map(async (offer) => ({ ...offer, index: await deps.objects.within(offer.target.key, waitMs) })),
  );
  const known = read.flatMap(({ index, ...offer }) => (index === null ? [] : [{ ...offer, index }]));
  const find = (begins: boolean) => known.flatMap((offer) => found(wanted, offer, begins));
  const exact = find(false);
  const isUnfinished = exact.length === 0 && typing && wanted.names[0].length >= MIN_BEGINNING;
  const [first, ...others] = (isUnfinished ? find(true) : exact)
    .sort(weakestFirst)
    .map(({ giving }) => giving);
  if (first !== undefined) return { kind: 'roles', wanted, roles: [first, ...others] };
  for (const { target, index } of known) {
    const open = index.open(wanted);
    if (open !== null) return { kind: 'open', wanted, text: openToAll(open, target.name) };
  }
  const silent = read.filter(({ index }) => index === null).map(({ target }) => target.name);
  if (silent.length > 0) return { kind: 'unread', wanted, text: objectsUnread(silent) };
  const isAll = known.every(({ index }) => index.unread.length === 0);
  const operates = await isOperator(deps, person.id, GROUPS_MS);
  const names = offers.map(({ target }) => target.name);
  return {
    kind: 'none',
    wanted,
    text: nothingGives(names, deps.config.operators, {
      isOperator: operates,
      isAll,
      isName: wanted.asked === 'name',
    }),
  };
}

interface Offer {
  readonly target: TargetConfig;
  readonly offered: readonly RoleConfig[];
  readonly index: ObjectsIndex;
}

interface FoundRole {
  readonly giving: GivingRole;
  readonly gift: Gift;
  readonly weight: Weight;
}

function found(wanted: Wanted, { target, offered, index }: Offer, begins: boolean): readonly FoundRole[] {
  const byName = new Map(offered.map((role) => [role.role, role]));
  const asGranted = offered.map(({ role, terms }) => ({ role, setRole: terms.setRole }));
  const gifts = begins ? index.given(wanted, asGranted, true) : given(index, wanted, asGranted);
  return gifts.flatMap((gift) => {
    const role = byName.get(gift.role);
    if (role === undefined) return [];
    const weight = index.weigh({ role: gift.role, setRole: role.terms.setRole });
    const { kind, schema, name } = gift;
    const database = gift.isElsewhere ? gift.database : null;
    const words = giftWords({ ...gift, ...weight, database }, wanted.privilege);
    return [{ giving: { target, role, object: { kind, schema, name, database }, words }, gift, weight }];
  });
}

/** The schema beside an error is a guess from its statement: without an answer there, the object may be in another. */
function given(
  index: ObjectsIndex,
  wanted: Wanted,
  roles: Parameters<ObjectsIndex['given']>[1],
): readonly Gift[] {
  const gifts = index.given(wanted, roles);
  if (gifts.length > 0 || wanted.asked === 'name' || wanted.schemas === null) return meant(gifts, wanted);
  return meant(index.given({ ...wanted, schemas: null }, roles), wanted);
}

/** A name may be read in several ways, and be of several kinds: the likeliest that anything is found for. */
function meant(gifts: readonly Gift[], { names, kind }: Wanted): readonly Gift[] {
  const isCalled = (name: string) =>
    gifts.filter((gift) => gift.name === name || gift.name.startsWith(`${name}(`));
  const called = names.map(isCalled).find((some) => some.length > 0) ?? gifts;
  if (kind !== null) return called;
  const tables = called.filter((gift) => gift.kind === 'relation' || gift.kind === 'sequence');
  return tables.length > 0 ? tables : called;
}

/** All of the object before some columns of it; then the least harmful, then who gives the least beside it. */
function weakestFirst(a: FoundRole, b: FoundRole): number {
  const size = ({ read, write, own }: Weight) => read + write + own;
  const rank = (one: FoundRole) => [
    one.gift.whole ? 0 : 1,
    DANGERS.indexOf(one.weight.danger),
    size(one.weight),
  ];
  const [ranksA, ranksB] = [rank(a), rank(b)];
  const differs = ranksA.findIndex((value, i) => value !== ranksB[i]);
  if (differs !== -1) return (ranksA[differs] ?? 0) - (ranksB[differs] ?? 0);
  return named(a) < named(b) ? -1 : 1;
}

function named({ giving: { target, role, object } }: FoundRole): string {
  return `${target.key} ${role.role} ${object.schema ?? ''}`;
}
