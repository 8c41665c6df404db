/** How much harm a role can do, on one scale, from what was read about it. Pure. */
import { type Danger, isAbove, worse } from '../../domain/postgres/danger.js';
import { isPredefined, predefinedRole } from '../../domain/postgres/predefined-roles.js';
import type { Unread } from '../../domain/postgres/preview.js';
import { GRANTORS_SINCE } from '../quote.js';
import type { Reach, ReachedRole } from './reach.js';
import type { InDatabase } from './tables.js';
import { count, list } from './words.js';

interface Finding {
  readonly danger: Danger;
  readonly reason: string;
}

export interface Judgement {
  readonly danger: Danger;
  /** The findings of that danger. */
  readonly reasons: readonly string[];
}

/** The danger of a predefined role; null for ordinary ones. */
function powerOf(name: string): Danger | null {
  return predefinedRole(name)?.danger ?? null;
}

/** It gives access to every table of every database. */
export function reachesEverything({ name, used, become, superuser }: ReachedRole): boolean {
  return (become && superuser) || (used && (name === 'pg_read_all_data' || name === 'pg_write_all_data'));
}

export function judge(reach: Reach, databases: readonly InDatabase[]): Judgement {
  const found = [
    ...reach.roles.flatMap((role) => [...ofAttributes(role, reach.version), ...ofPower(role)]),
    ...ofAdministered(reach),
    ...ofParameters(reach),
    ...ofObjects(reach, databases),
  ];
  return worst(found);
}

function worst(found: readonly Finding[]): Judgement {
  const danger = found.reduce<Danger>((most, finding) => worse(most, finding.danger), 'none');
  const reasons = found.filter((finding) => finding.danger === danger).map(({ reason }) => reason);
  return { danger, reasons: danger === 'none' ? [] : reasons };
}

/** Attributes are never inherited: they count where the member can SET ROLE. */
function ofAttributes(role: ReachedRole, version: number): readonly Finding[] {
  if (!role.become) return [];
  // Before 16, CREATEROLE can grant every role that is not a superuser, including those that run programs on the
  // server.
  const createRole = version < GRANTORS_SINCE ? 'superuser' : 'admin';
  return those([
    [role.superuser, 'superuser', `is the superuser ${role.name}`],
    [role.createRole, createRole, `has CREATEROLE as ${role.name}`],
    [role.createDb, 'admin', `has CREATEDB as ${role.name}`],
    [role.replication, 'admin', `has REPLICATION as ${role.name}`],
    [role.bypassRls, 'admin', `has BYPASSRLS as ${role.name}`],
  ]);
}

/** Of possible findings, those that hold. */
function those(possible: readonly (readonly [boolean, Danger, string])[]): readonly Finding[] {
  return possible.flatMap(([holds, danger, reason]) => (holds ? [{ danger, reason }] : []));
}

function ofPower({ name, used }: ReachedRole): readonly Finding[] {
  const danger = used ? powerOf(name) : null;
  return danger === null ? [] : [{ danger, reason: `has all that ${name} has` }];
}

/** A role that can grant another can grant it to itself, in full. */
function ofAdministered({ roles }: Reach): readonly Finding[] {
  const names = roles.filter(({ administered }) => administered).map(({ name }) => name);
  if (names.length === 0) return [];
  const toSuperuser = roles.some(
    ({ gained, superuser, name }) => gained && (superuser || powerOf(name) === 'superuser'),
  );
  const reason = `can grant ${list(names)} to anybody, itself included`;
  return [{ danger: toSuperuser ? 'superuser' : 'admin', reason }];
}

function ofObjects(
  { databases: reached, owned }: Reach,
  databases: readonly InDatabase[],
): readonly Finding[] {
  const sum = (of: (database: InDatabase) => number) =>
    databases.reduce((total, each) => total + of(each), 0);
  const tables = (of: 'read' | 'write' | 'triggers') =>
    sum(({ schemas }) => schemas.reduce((total, schema) => total + schema[of], 0));
  const [read, write, triggers] = [tables('read'), tables('write'), tables('triggers')];
  const powers = (of: 'functions' | 'asAdministrator' | 'builtIn' | 'catalogs' | 'servers' | 'others') =>
    sum((database) => database.powers[of]);
  const [functions, asAdministrator] = [powers('functions'), powers('asAdministrator')];
  const [builtIn, catalogs, servers] = [powers('builtIn'), powers('catalogs'), powers('servers')];
  const others = powers('others');
  const creates = [
    ...reached.filter((database) => database.creates).map(({ name }) => `database ${name}`),
    ...databases.flatMap(({ name, powers }) => powers.creates.map((schema) => `${name}.${schema}`)),
  ];
  return those([
    [owned.some(({ kind }) => kind === 'pg_database'), 'admin', 'owns a database'],
    [
      asAdministrator > 0,
      'admin',
      `can call ${count(asAdministrator, 'function')} that act as an administrator`,
    ],
    [builtIn > 0, 'admin', `can call ${count(builtIn, 'function')} of the server that are kept from others`],
    [catalogs > 0, 'admin', `can read ${count(catalogs, 'table')} of the system that are kept from others`],
    [servers > 0, 'admin', `can use ${count(servers, 'foreign server')}, with what its login may do there`],
    [owned.length > 0, 'write', 'owns objects'],
    [write > 0, 'write', `can change the rows of ${count(write, 'table')}`],
    [triggers > 0, 'write', `can make triggers on ${count(triggers, 'table')}`],
    [creates.length > 0, 'write', `can create objects in ${list(creates)}`],
    [functions > 0, 'write', `can call ${count(functions, 'function')} that act as their owner`],
    [
      others > 0,
      'write',
      `can change ${count(others, 'sequence or large object', 'sequences or large objects')}`,
    ],
    [
      databases.some(({ powers: { laterWrite } }) => laterWrite),
      'write',
      'can change tables that are made later',
    ],
    [databases.some(({ powers: { laterRead } }) => laterRead), 'read', 'can read tables that are made later'],
    [read > 0, 'read', `can read ${count(read, 'table')}`],
  ]);
}

/**
 * Parameters are granted only where they are kept for superusers; set for the whole server, they can run programs.
 */
function ofParameters({ parameters }: Reach): readonly Finding[] {
  const [all, own] = [parameters.filter(({ system }) => system), parameters.filter(({ system }) => !system)];
  const names = (of: Reach['parameters']) => list(of.map(({ name }) => name));
  return those([
    [all.length > 0, 'superuser', `can change ${names(all)} for the whole server`],
    [own.length > 0, 'admin', `can set ${names(own)}`],
  ]);
}

/** Catalogs whose objects give no more than reading and changing rows. */
const ONLY_ROWS: ReadonlySet<string> = new Set(['pg_class', 'pg_largeobject', 'pg_default_acl', 'pg_type']);

/**
 * What databases that were not read may add to the danger: what was not read is not known to be safe. The shared
 * catalogs tell, for every database, which objects name the role; but not which privileges those are, nor what PUBLIC
 * has there and only the role gives access to, nor what predefined roles were granted.
 */
export function judgeUnread(reach: Reach, unread: readonly Unread[]): Judgement {
  const predefined = reach.roles.some(({ used, name }) => used && isPredefined(name));
  const found = unread.flatMap(({ name, why }): readonly Finding[] => {
    const database = reach.databases.find((each) => each.name === name);
    // Without CONNECT, the role can use nothing there.
    if (database === undefined || !database.reachable) return [];
    const onlyRows = database.grantedOn.every((kind) => ONLY_ROWS.has(kind));
    const opens = database.named || !database.open;
    const danger = onlyRows && !opens && !predefined ? 'write' : 'admin';
    const things =
      database.objects > 0
        ? `: ${count(database.objects, 'object')} there ${database.objects === 1 ? 'names' : 'name'} it`
        : '';
    const reason = `may do anything up to that in ${name}, which was not read (${why})${things}`;
    return [{ danger, reason }];
  });
  return worst(found);
}

/** A role whose use alone leads to more than the role itself gives. */
export function leadsOn({ name, used }: ReachedRole): boolean {
  const danger = used ? powerOf(name) : null;
  return danger !== null && isAbove(danger, 'write');
}
