/** Which object of a database somebody wants to use, as they typed it or as the error that they pasted says. */

/** `relation`: a table, view, materialized view or foreign table. `other`: nothing that a role is requested for. */
export type ObjectKind =
  | 'relation'
  | 'sequence'
  | 'schema'
  | 'function'
  | 'database'
  | 'foreign server'
  | 'foreign-data wrapper'
  | 'type'
  | 'language'
  | 'large object'
  | 'other';

/** As Postgres names them in GRANT; OWN is what "must be owner of" asks for. */
export type Privilege =
  | 'SELECT'
  | 'INSERT'
  | 'UPDATE'
  | 'DELETE'
  | 'TRUNCATE'
  | 'REFERENCES'
  | 'TRIGGER'
  | 'USAGE'
  | 'CREATE'
  | 'EXECUTE'
  | 'CONNECT'
  | 'TEMPORARY'
  | 'OWN';

export interface Wanted {
  /** A name that was typed may be meant otherwise: as a role's, say. */
  readonly asked: 'name' | 'error';
  /** Null: a name alone, of any kind. */
  readonly kind: ObjectKind | null;
  /**
   * How its name may read in the catalogs, likeliest first. Never empty. An error quotes no name, so where one ends is a
   * guess.
   */
  readonly names: readonly [string, ...string[]];
  /** The same of its schema; null: not said. An error about a table never says it; the statement beside it may. */
  readonly schemas: readonly string[] | null;
  /** Null: not said. */
  readonly database: string | null;
  /** The one column that the error is about. */
  readonly column: string | null;
  /** The arguments of a function, as written between its parentheses. */
  readonly args: string | null;
  /** Null: what it takes to read or use it. */
  readonly privilege: Privilege | null;
}
