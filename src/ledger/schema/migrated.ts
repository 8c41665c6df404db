/** Is the ledger's schema the one of this release? */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { HallpassError } from '../../errors.js';
import { LedgerError, type Queryable, withLedger } from '../pool.js';
import { MIGRATIONS_TABLE } from './migration-lock.js';

/** Plain SQL, one step a file; beside `dist` in a build, beside `src` in the sources. */
export const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));

const NEXT = 'Run `hallpass migrate`, with DATABASE_OWNER_URL, or leave out --no-migrate.';

/** The steps of this release that the ledger does not have, in order. Its table of steps must be there. */
export async function missingSteps(db: Queryable): Promise<readonly string[]> {
  const steps = (await readdir(MIGRATIONS)).flatMap((file) => /^(.+)\.sql$/.exec(file)?.[1] ?? []);
  const { rows } = await db.query<{ name: string }>(`select name from ${MIGRATIONS_TABLE}`);
  const done = new Set(rows.map(({ name }) => name));
  return steps.filter((step) => !done.has(step)).sort();
}

const found = z.tuple([z.object({ made: z.boolean(), listed: z.boolean() })]);

/**
 * For a start without migrating. Missing steps show only in a ledger that was migrated by a release that lists them.
 * @throws LedgerError when the ledger is empty, or of an earlier release, or can't be asked.
 */
export async function assertMigrated(databaseUrl: string): Promise<void> {
  try {
    await withLedger(databaseUrl, assertNotBehind);
  } catch (cause) {
    if (cause instanceof HallpassError) throw cause;
    throw new LedgerError('The ledger can not be read.', {
      passing: true,
      nextStep: 'DATABASE_URL must reach its database, by a login that may connect to it.',
      cause,
    });
  }
}

async function assertNotBehind(db: Queryable): Promise<void> {
  const { rows } = await db.query(
    `select to_regclass('requests') is not null as made,
            coalesce(has_table_privilege(to_regclass($1), 'select'), false) as listed`,
    [MIGRATIONS_TABLE],
  );
  const [{ made, listed }] = found.parse(rows);
  if (!made) throw behind('The ledger is empty: its tables were not made yet.');
  const missing = listed ? await missingSteps(db) : [];
  if (missing.length > 0)
    throw behind(`The ledger is of an earlier release: it lacks ${missing.join(', ')}.`);
}

function behind(sentence: string): LedgerError {
  return new LedgerError(sentence, { passing: false, nextStep: NEXT });
}
