/** Objects of one database that are granted alike, as they were read. Pure. */
import { bit, type Grants, toGrants } from './grants.js';
import type { ObjectsRow } from './read-objects.js';

/** Objects that are granted alike. */
export interface Group {
  readonly kind: ObjectsRow['kind'];
  readonly schema: Schema | null;
  readonly owner: number;
  readonly names: readonly string[];
  readonly args: readonly string[] | null;
  readonly grants: Grants;
  /** By the name of the column. */
  readonly columns: ReadonlyMap<string, Grants> | null;
  /** Of columns, all together. */
  readonly anyColumn: Grants;
}

interface Schema {
  readonly name: string;
  readonly grants: Grants;
}

export function toGroups(rows: readonly ObjectsRow[]): readonly Group[] {
  const schemas = new Map<string, Schema>();
  for (const { kind, names, grants } of rows) {
    const [name] = names;
    if (kind === 'schema' && name !== undefined) schemas.set(name, { name, grants: toGrants(grants) });
  }
  return rows.map((row) => toGroup(row, schemas));
}

function toGroup(row: ObjectsRow, schemas: ReadonlyMap<string, Schema>): Group {
  const { kind, owner, names, args } = row;
  const columns = new Map<string, Map<number, number>>();
  const anyColumn = new Map<number, number>();
  for (const [column, grantee, privilege] of row.columns ?? []) {
    const ofColumn = columns.get(column) ?? new Map<number, number>();
    columns.set(column, ofColumn);
    for (const grants of [ofColumn, anyColumn]) {
      grants.set(grantee, (grants.get(grantee) ?? 0) | bit(privilege));
    }
  }
  return {
    ...{ kind, owner, names, args, anyColumn },
    schema: row.schema === null ? null : (schemas.get(row.schema) ?? null),
    grants: toGrants(row.grants),
    columns: columns.size === 0 ? null : columns,
  };
}
