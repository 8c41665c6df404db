/**
 * What approvers see about a role before the grant, and what changed on the server after it. Kept with the request as
 * JSON, so everything is bounded when it is made and parsed when it is read back.
 */
import { z } from 'zod';
import { DANGERS } from './danger.js';

/** Longer lists are cut when they are made, and the rest is counted. */
const MAX_SCHEMAS = 50;
export const MAX_LISTED = 50;

const tally = z.object({
  /** Tables, views and the like that can be read, and those whose rows can be changed: at least one column of each. */
  read: z.number(),
  write: z.number(),
  owns: z.number(),
  /** What the login can read and change with the role, and could not without it. */
  newRead: z.number(),
  newWrite: z.number(),
});
/** Numbers of tables. */
export type Tally = Readonly<z.infer<typeof tally>>;

const unread = z.object({ name: z.string(), why: z.string() });
/** A database that wasn't looked into, and why. */
export type Unread = Readonly<z.infer<typeof unread>>;

const schema = tally.extend({ name: z.string() });
const database = z.object({
  name: z.string(),
  /** Those with the most tables. */
  schemas: z.array(schema).readonly(),
  /** All that are not listed, together. */
  others: tally.extend({ schemas: z.number() }).nullable(),
});
export type DatabasePreview = Readonly<z.infer<typeof database>>;

const user = z.object({
  name: z.string(),
  /** The member of the login through which it is one; null: it is a member itself. */
  through: z.string().nullable(),
  /** The SQL that would change it. */
  revoke: z.string(),
});
/** A login that can use what another is granted, as a member of it. */
export type PreviewUser = Readonly<z.infer<typeof user>>;

export const previewSchema = z.object({
  danger: z.enum(DANGERS),
  /** What makes it so, worst first; each the end of a sentence that starts with the role. */
  reasons: z.array(z.string()).readonly(),
  databases: z.array(database).readonly(),
  /** What the unread databases may add, according to the shared catalogs; not kept by older releases. */
  unreadDanger: z.enum(DANGERS).optional(),
  /** Why, for the worst of them, as `reasons`. */
  unreadReason: z.string().optional(),
  unread: z.array(unread).readonly(),
  /** How many more databases were not looked into. */
  moreUnread: z.number(),
  /** How access can outlive the grant, as `reasons`; empty: it ends with the grant, as far as was read. */
  leaks: z.array(z.string()).readonly(),
  /** Who else could use it, through the login, and how many are not listed; an older release wrote neither. */
  users: z.array(user).readonly().optional(),
  moreUsers: z.number().optional(),
});
/** What a role can do, and what of it is new to a login. */
export type Preview = Readonly<z.infer<typeof previewSchema>>;

export const previewResultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), preview: previewSchema }),
  /** `why`: a clause, to follow "not available: ". */
  z.object({ ok: z.literal(false), why: z.string() }),
]);
export type PreviewResult = Readonly<z.infer<typeof previewResultSchema>>;

const fact = z.object({
  /** null: it concerns the whole server. */
  database: z.string().nullable(),
  /** What is there now, e.g. `table public.copy, owner ana`. */
  what: z.string(),
  /** Whom it names as owner, as grantee or as grantor. */
  names: z.enum(['login', 'role']).nullable(),
});
export type ChangeFact = Readonly<z.infer<typeof fact>>;

export const changesSchema = z.object({
  total: z.number(),
  /** Those that name the login first, then those that name the role. */
  facts: z.array(fact).readonly(),
  unread: z.array(unread).readonly(),
});
/** What appeared or changed in the catalogs while a role was granted, no matter who did it. */
export type Changes = Readonly<z.infer<typeof changesSchema>>;

export const NO_TALLY: Tally = { read: 0, write: 0, owns: 0, newRead: 0, newWrite: 0 };

export function addTally(a: Tally, b: Tally): Tally {
  return {
    read: a.read + b.read,
    write: a.write + b.write,
    owns: a.owns + b.owns,
    newRead: a.newRead + b.newRead,
    newWrite: a.newWrite + b.newWrite,
  };
}

/** Lists the schemas with the most tables, by name, and sums up the others. */
export function listSchemas(
  name: string,
  all: readonly (Tally & { readonly name: string })[],
): DatabasePreview {
  const bySize = all.toSorted((a, b) => b.read + b.write + b.owns - (a.read + a.write + a.owns));
  const rest = bySize.slice(MAX_SCHEMAS);
  return {
    name,
    schemas: bySize.slice(0, MAX_SCHEMAS).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    others: rest.length === 0 ? null : { schemas: rest.length, ...rest.reduce<Tally>(addTally, NO_TALLY) },
  };
}
