import pg from 'pg';
import { afterAll } from 'vitest';
import { postgres, type TestDatabase, uniqueName } from '../support/postgres.js';

export interface TestLogin {
  readonly user: string;
  readonly url: string;
}

/** A login that may connect to the database and nothing more; dropped after the test file. */
export async function createLogin({ database, password }: TestDatabase): Promise<TestLogin> {
  const user = uniqueName('lesser');
  const id = pg.escapeIdentifier(user);
  await postgres.query(`CREATE ROLE ${id} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  afterAll(async () => {
    await postgres.query(`DROP OWNED BY ${id}`, [], database);
    await postgres.query(`DROP ROLE ${id}`);
  });
  return { user, url: postgres.urlFor({ user, password, database }) };
}
