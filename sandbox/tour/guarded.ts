/** A guarded target: the server itself keeps the expiry, so that access ends while Hallpass stays dead. */
import { all, card, click, request, told } from '../stage/people.js';
import type { HallpassProcess } from '../stage/process.js';
import type { Stage } from '../stage/stage.js';
import type { Vault } from '../stage/vault.js';
import { plain } from './plain.js';
import type { Report } from './report.js';

const KEYS = 'select id from vault.keys';
const LIMIT_MS = 45_000;

export async function playGuarded(
  stage: Stage,
  vault: Vault,
  hallpass: HallpassProcess,
  report: Report,
): Promise<void> {
  const { slack } = stage;
  report.say('\nA guarded server, and Hallpass dead');
  const id = await report.step('guarded', 'Ana borrows vault_read on the server Vault', async () => {
    const asked = await request(slack, 'ana', {
      target: 'vault',
      role: 'vault_read',
      duration: '15 minutes',
    });
    await click(slack, 'cora', await card(slack, asked, /Approve/), 'Approve');
    await told(slack, 'ana', asked, /psql/);
    return asked;
  });
  await report.step('guarded-reads', 'The database lets her', async () => {
    return `ana reads ${(await vault.sqlAsAna(KEYS)).length} rows`;
  });
  await report.step('guarded-killed', 'kill -9; nobody runs, and 16 minutes pass on the server', async () => {
    await hallpass.kill();
    await vault.passTime();
    return 'its own expiry is moved to now, in place of waiting';
  });
  await report.step('reap', '`hallpass reap vault`, as cron would run it', async () => {
    const said = await vault.run(['reap', 'vault']);
    const line = said.split('\n').find((each) => each.includes(id));
    if (line === undefined) throw new Error(said);
    return line.replace(/\s+/g, ' ').trim();
  });
  await report.step('guarded-refused', 'The database refuses, with Hallpass still dead', async () => {
    const error = await vault.sqlAsAna(KEYS).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Error)) throw new Error('ana still reads');
    return error.message;
  });
  await report.step('guarded-told', 'Hallpass starts again, and finds it gone', async () => {
    await stage.startHallpass();
    const ended = await slack.waitFor(
      () =>
        slack
          .as('U0ANA')
          .messages('dm')
          .find((message) => all(message).includes(id) && /^Ended/.test(all(message))),
      LIMIT_MS,
    );
    return plain(all(ended).split('\n')[0] ?? '');
  });
}
