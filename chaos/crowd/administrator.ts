/** While somebody has a role on loan, an administrator gives them the same for good: that must stay. */
import type { Random } from '../random.js';
import type { ServerTarget } from '../stage.js';

/** In one run: each takes a role and a login out of the game. */
const MOST = 6;
const ADMINISTRATOR = 'postgres';

export function createAdministrator(targets: readonly ServerTarget[], random: Random): () => Promise<void> {
  let given = 0;
  return async () => {
    const { server, watcher } = random.pick(targets);
    const granted = watcher.stays.filter(({ gone }) => gone === null);
    if (given >= MOST || granted.length === 0) return;
    given += 1;
    const { role, login } = random.pick(granted);
    const done = watcher.expect({ role, login, grantor: ADMINISTRATOR });
    // A server that is down takes nothing, and then nothing is expected of it.
    await server.query(`GRANT ${role} TO ${login}`);
    done();
  };
}
