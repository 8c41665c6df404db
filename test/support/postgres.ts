import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { serverAccess } from '../../sandbox/postgres/server-access.js';

/** The Postgres 18 that all test files share. */
export const postgres = serverAccess(inject('postgres'));

/** A name that no other test uses: roles belong to the whole server, not to a database. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(5).toString('hex')}`;
}

export interface TestDatabase {
  readonly database: string;
  /** Owns the database, is no superuser, and has the same name. */
  readonly user: string;
  readonly password: string;
  /** The owner's. */
  readonly url: string;
}

/** Makes an empty database, dropped after the test file. To be called at the top of a file or `describe`. */
export async function createDatabase(prefix: string): Promise<TestDatabase> {
  const name = uniqueName(prefix);
  const id = pg.escapeIdentifier(name);
  afterAll(async () => {
    await postgres.query(`DROP DATABASE IF EXISTS ${id} WITH (FORCE)`);
    await postgres.query(`DROP ROLE IF EXISTS ${id}`);
  });
  const password = randomBytes(12).toString('base64url');
  await postgres.query(`CREATE ROLE ${id} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  await postgres.query(`CREATE DATABASE ${id} OWNER ${id}`);
  const login = { user: name, password, database: name };
  return { ...login, url: postgres.urlFor(login) };
}
