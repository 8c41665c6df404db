/** The ledger behind a real PgBouncer: a session of one's own is needed there too. */
import { expect, onTestFinished, test } from 'vitest';
import { viewLedger } from '../../src/access/check/ledger.js';
import { createPool } from '../../src/ledger/pool.js';
import { migrateLedger } from '../../src/ledger/schema/migrate.js';
import { createLogger } from '../../src/logger.js';
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { postgres } from '../support/postgres.js';
import { describeWith } from '../support/program.js';
import { aLedger } from './a-ledger.js';

const SHARED = {
  message: expect.stringContaining('A pooler in transaction mode answers at the ledger’s address'),
  nextStep: expect.stringContaining('Point DATABASE_URL and DATABASE_OWNER_URL to the server’s own port'),
  passing: false,
};

describeWith('pgbouncer')('a ledger behind a pooler', async () => {
  const ledger = await aLedger();

  async function behind(
    mode: 'session' | 'transaction',
    settings: Readonly<Record<string, string>> = {},
  ): Promise<{ url: string; ownerUrl: string; pooler: PgBouncer }> {
    const urls = [ledger.databaseUrl, ledger.ownerUrl].map((url) => new URL(url));
    const pooler = await startPgBouncer(postgres, {
      mode,
      logins: urls.map(({ username, password }) => ({
        user: username,
        password: decodeURIComponent(password),
      })),
      settings,
    });
    onTestFinished(() => pooler.stop());
    const [url, ownerUrl] = urls.map((each) => {
      each.port = String(pooler.port);
      return each.href;
    });
    return { url: url ?? '', ownerUrl: ownerUrl ?? '', pooler };
  }

  function open(url: string) {
    const db = createPool(url, () => undefined);
    onTestFinished(() => db.end());
    return db;
  }

  // What it ignores, it also doesn't pass on.
  test.each([{}, { ignore_startup_parameters: 'options' }])(
    'in transaction mode (%o) is refused, by check and by migrate too',
    async (settings) => {
      const { url, ownerUrl } = await behind('transaction', settings);
      await expect(open(url).query('select 1')).rejects.toMatchObject(SHARED);
      await expect(migrateLedger(ownerUrl, url, createLogger('silent'))).rejects.toMatchObject(SHARED);
      expect(await viewLedger(open(url))).toMatchObject({ why: 'refused', error: SHARED });
    },
  );

  test.each([{}, { ignore_startup_parameters: 'options' }])(
    'in session mode (%o) is fine, and its sessions are set as ours',
    async (settings) => {
      const { url } = await behind('session', settings);
      const name = new URL(url).username;
      await postgres.query(`alter role ${name} set DateStyle = 'SQL, DMY'`);
      onTestFinished(async () => {
        await postgres.query(`alter role ${name} reset DateStyle`);
      });
      const db = open(url);
      const { rows } = await db.query(
        "select current_setting('DateStyle') as style, current_setting('search_path') as path, now() as now",
      );
      expect(rows).toEqual([{ style: 'ISO, MDY', path: 'public', now: expect.any(Date) }]);
      // Connections made side by side are asked together.
      const all = await Promise.all(Array.from({ length: 5 }, () => db.query('select now() as now')));
      expect(all).toHaveLength(5);
    },
  );
});
