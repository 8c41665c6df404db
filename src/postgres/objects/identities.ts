/**
 * As whom a login acts that holds a role: as itself, with what the role inherits; and, where SET ROLE is allowed, as each
 * role that it can become. Rights of two of them don't add up: a table that one may read in a schema that only another
 * may use is read by neither. Pure.
 */
import { type Danger, worse } from '../../domain/postgres/danger.js';
import { predefinedRole } from '../../domain/postgres/predefined-roles.js';
import { GRANTORS_SINCE } from '../quote.js';
import type { MembershipRow, RoleGraph, RoleRow } from './read-roles.js';

export interface Identity {
  /** OIDs of the roles whose privileges it has. */
  readonly used: readonly number[];
  /** Of these, who would have the privileges of pg_database_owner as the owner of a database. */
  readonly passing: readonly number[];
  readonly superuser: boolean;
  readonly readsAll: boolean;
  readonly writesAll: boolean;
}

export interface Held {
  readonly identities: readonly [Identity, ...Identity[]];
  /** What it is by attributes, predefined roles and ADMIN OPTION, whatever its objects are. */
  readonly danger: Danger;
}

/** Answers for one state of a server. */
export function createHeld(graph: RoleGraph) {
  const byOid = new Map(graph.roles.map((role) => [role.oid, role]));
  const byName = new Map(graph.roles.map((role) => [role.name, role]));
  const above = new Map<number, MembershipRow[]>();
  for (const membership of graph.memberships) {
    const known = above.get(membership.member);
    if (known) known.push(membership);
    else above.set(membership.member, [membership]);
  }
  const isEarly = graph.version < GRANTORS_SINCE;
  const held = new Map<string, Held>();

  function closure(from: number, along: (membership: MembershipRow) => boolean): readonly number[] {
    const seen = new Set([from]);
    for (const oid of seen) {
      for (const membership of above.get(oid) ?? []) if (along(membership)) seen.add(membership.role);
    }
    return [...seen];
  }

  function identityOf(oid: number, superuser: boolean): Identity {
    const used = closure(oid, ({ inherit }) => inherit);
    const has = (name: string) => used.some((each) => byOid.get(each)?.name === name);
    const passing = isEarly ? used.filter((each) => byOid.get(each)?.inherit === true) : used;
    return {
      used,
      passing,
      superuser,
      readsAll: has('pg_read_all_data'),
      writesAll: has('pg_write_all_data'),
    };
  }

  function hold(role: RoleRow, setRole: boolean): Held {
    // Before 16 every member may SET ROLE.
    const become = isEarly
      ? closure(role.oid, () => true)
      : setRole
        ? closure(role.oid, ({ set }) => set)
        : [];
    const identities: [Identity, ...Identity[]] = [identityOf(role.oid, false)];
    for (const oid of become) {
      const superuser = byOid.get(oid)?.superuser === true;
      const isIncluded = identities.some(({ used }) => used.includes(oid));
      if (superuser || !isIncluded) identities.push(identityOf(oid, superuser));
    }
    return { identities, danger: dangerOf(identities, become) };
  }

  function dangerOf(identities: readonly Identity[], become: readonly number[]): Danger {
    const roles = (oids: readonly number[]) => oids.flatMap((oid) => byOid.get(oid) ?? []);
    const used = identities.flatMap((identity) => identity.used);
    const grants = used.some((oid) => above.get(oid)?.some(({ admin }) => admin) === true);
    const found: readonly Danger[] = [
      ...roles(become).map(({ superuser, createRole, privileged }): Danger => {
        if (superuser || (createRole && isEarly)) return 'superuser';
        return createRole || privileged ? 'admin' : 'none';
      }),
      ...roles(used).map(({ name }) => predefinedRole(name)?.danger ?? 'none'),
      grants ? 'admin' : 'none',
    ];
    return found.reduce<Danger>((most, each) => worse(most, each), 'none');
  }

  return {
    /** Null: there was no such role. @param setRole the login may SET ROLE to it, from 16 on. */
    of(name: string, setRole: boolean): Held | null {
      const role = byName.get(name);
      if (role === undefined) return null;
      const key = JSON.stringify([name, setRole]);
      const known = held.get(key) ?? hold(role, setRole);
      held.set(key, known);
      return known;
    },
  };
}
