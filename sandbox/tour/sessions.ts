/** A REVOKE ends no session: one with an open transaction goes on reading. */
import pg from 'pg';
import { HALLPASS } from '../postgres/samples.js';
import type { Stage } from '../stage/stage.js';
import { isRefused, ORDERS } from './postgres.js';
import type { Report } from './report.js';
import { obtain, relinquish } from './story.js';

const STATEMENT = { name: 'orders', text: ORDERS };

export async function endSessions(stage: Stage, report: Report): Promise<void> {
  report.say('\nA REVOKE alone is not enough');
  const { id } = await obtain(stage, { role: 'orders_read', duration: '15 minutes' });
  const session = await openTransaction(stage);
  try {
    await report.step('open', 'Ana is granted orders_read, and reads in a transaction that stays open', () =>
      session.read(),
    );
    await report.step('plain-revoke', 'The DBA takes it away by a plain REVOKE', async () => {
      await stage.server.query(`revoke orders_read from ana granted by ${HALLPASS}`);
      const refused = await isRefused(stage, 'ana', ORDERS);
      return `a new session: ${refused}; the open transaction: ${await session.read()}, still`;
    });
    await report.step('ended', 'The DBA grants it back; Ana clicks Relinquish', async () => {
      await stage.server.query(
        `grant orders_read to ana with inherit true, set false granted by ${HALLPASS}`,
      );
      const said = await relinquish(stage, id);
      return `${said}; the open transaction: ${await session.readInVain()}`;
    });
  } finally {
    await session.close();
  }
}

async function openTransaction(stage: Stage) {
  const client = new pg.Client({ connectionString: stage.samples.people.ana.url });
  let ended: string | null = null;
  client.on('error', (error) => {
    ended ??= error.message;
  });
  await client.connect();
  await client.query('begin');
  // Postgres keeps one plan from the sixth time on, and asks for no rights again.
  for (let i = 0; i < 6; i++) await client.query(STATEMENT);
  return {
    read: async () => `ana reads ${(await client.query(STATEMENT)).rowCount} rows`,
    /** @returns what the server said when it ended the session. @throws Error when it still reads */
    readInVain: async () => {
      const failed = await client.query(STATEMENT).then(
        () => null,
        (error: unknown) => String(error),
      );
      if (failed === null) throw new Error('the open transaction still reads');
      return ended ?? failed;
    },
    close: () => client.end().catch(() => undefined),
  };
}
