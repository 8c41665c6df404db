import type { ServerAccess } from '../../../postgres/server-access.js';
import type { Tables } from '../../api-database.js';

const COLUMNS = `
  select c.table_schema as schema, c.table_name as table, array_agg(c.column_name::text order by ordinal_position) as columns
    from information_schema.columns c where c.table_schema not in ('pg_catalog', 'information_schema')
    group by c.table_schema, c.table_name order by 1, 2`;

/** The tables of a sample database: what the console completes. */
export async function readTables(server: ServerAccess, database: string): Promise<Tables> {
  const rows = await server.query<{ schema: string; table: string; columns: string[] }>(
    COLUMNS,
    [],
    database,
  );
  const tables: Record<string, Record<string, readonly string[]>> = {};
  for (const { schema, table, columns } of rows) {
    tables[schema] = { ...tables[schema], [table]: columns };
  }
  return tables;
}
