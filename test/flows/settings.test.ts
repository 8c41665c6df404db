/** Whatever defaults somebody gave Hallpass's logins on the ledger, or its database, the whole way is gone. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { card, click } from '../../sandbox/stage/people.js';
import { isRefused } from '../support/access.js';
import { runHallpass } from '../support/commands.js';
import { HOSTILE, setEverywhere } from '../support/hostile.js';
import { obtain } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const LOGINS = ['hallpass_app', 'hallpass_owner'];
/** As a superuser, in a database where nothing is set. */
const admin = (sql: string, values: unknown[] = []) => stage.ledger.query(sql, values, 'template1');

beforeAll(async () => {
  await admin('CREATE ROLE orders_read');
  await admin(`GRANT orders_read TO ${LOGINS.join(', ')}`);
});
afterEach(async () => {
  await admin('ALTER DATABASE hallpass RESET ALL');
  for (const role of LOGINS) {
    await admin(`ALTER ROLE ${role} RESET ALL`);
    await admin(`ALTER ROLE ${role} IN DATABASE hallpass RESET ALL`);
  }
});

// The first one finds an empty database, and makes the tables.
const GROUPS = Object.entries(HOSTILE).toSorted(
  ([a], [b]) => Number(b.includes('may')) - Number(a.includes('may')),
);

it.each(GROUPS)('%s: a hostile default changes nothing', async (_, hostile) => {
  for (const role of LOGINS) await setEverywhere(admin, hostile, { database: 'hallpass', role });
  const hallpass = await stage.startHallpass();
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '10s' });
  const shown = await card(stage.slack, id, /Granted until <!date/);
  expect(shown.text).toContain(id);
  await waitFor(() => isRefused(stage, 'ana', 'orders_read'), { what: 'the role to be revoked' });
  await card(stage.slack, id, /Ended/);

  const second = await obtain(stage, 'ana', { role: 'orders_read', duration: '1 hour' });
  await click(stage.slack, 'ana', second.note, 'Relinquish');
  await card(stage.slack, second.id, /Ended: relinquished/);
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  expect(await runHallpass(stage, ['audit', 'verify'])).toMatchObject({ code: 0 });
  await hallpass.stop();
});
