/** A REVOKE ends no session: what an open transaction does then, and what Hallpass does about it. */
import pg from 'pg';
import { HALLPASS } from '../postgres/samples.js';
import { all, card, click, request, told } from '../stage/people.js';
import type { Stage } from '../stage/stage.js';
import { plain } from './plain.js';
import { isRefused, ORDERS } from './postgres.js';
import type { Report } from './report.js';

export async function playSession(stage: Stage, report: Report): Promise<void> {
  const { slack } = stage;
  report.say('\nA REVOKE is not enough');
  const id = await request(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  await click(slack, 'cora', await card(slack, id, /Approve/), 'Approve');
  const note = await told(slack, 'ana', id, /psql/);
  const said: string[] = [];
  const session = await openTransaction(stage, said);
  try {
    await report.step('plain-revoke', 'A DBA revokes by hand; a transaction of Ana’s is open', async () => {
      await stage.server.query(`revoke orders_read from ana granted by ${HALLPASS}`);
      const refused = await isRefused(stage, 'ana', ORDERS);
      return `new sessions: ${refused}; the open one still reads ${(await session.query(STATEMENT)).rowCount} rows`;
    });
    await stage.server.query(`grant orders_read to ana granted by ${HALLPASS}`);
    await report.step('session-ended', 'He grants it back, and Ana relinquishes', async () => {
      await click(slack, 'ana', note, 'Relinquish');
      const words = plain(all(await told(slack, 'ana', id, /Ended: relinquished/)).split('\n')[0] ?? '');
      const end = await session.query(STATEMENT).then(
        () => null,
        (error: unknown) => error,
      );
      if (!(end instanceof Error)) throw new Error('the open transaction still reads');
      return `${words}; and to the open transaction: ${said[0] ?? end.message}`;
    });
  } finally {
    await session.end().catch(() => undefined);
  }
}

const STATEMENT = { name: 'orders', text: ORDERS };

/** @param said gets what the server says when it ends the session. */
async function openTransaction(stage: Stage, said: string[]): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: stage.samples.people.ana.url });
  client.on('error', (error) => said.push(error.message));
  await client.connect();
  await client.query('begin');
  // Postgres keeps one plan from the sixth time on, and asks for no rights again.
  for (let i = 0; i < 6; i++) await client.query(STATEMENT);
  return client;
}
