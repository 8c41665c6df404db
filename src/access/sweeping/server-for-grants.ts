import { HallpassError } from '../../errors.js';
import { readGrantBlockers } from '../../ledger/targets/servers.js';
import { forgetChecked } from '../../ledger/targets/targets.js';
import type { Server } from '../../postgres/target.js';
import type { Deps } from '../deps.js';
import { namesOf } from '../telling/operators.js';
import { mayBeCopy } from './known-server.js';

/**
 * May roles be granted on the server that answered?
 * @throws HallpassError
 */
export async function assertMayGrant(
  { db, config }: Pick<Deps, 'db' | 'config'>,
  name: string,
  server: Server,
): Promise<void> {
  const { known, stranger, twin, isTwinSure, byFormerLogin } = await readGrantBlockers(db, name, server, [
    ...config.targets.keys(),
  ]);
  const { targetName } = namesOf(config, name);
  if (stranger !== null) throw mayBeCopy(targetName, stranger);
  if (known !== null && (known.id !== server.id || known.startedAt !== server.startedAt)) {
    await forgetChecked(db, name);
    throw new HallpassError(
      known.id === server.id
        ? 'This is not the server of the last look, or it was restarted: everything is compared first.'
        : `another server answers at ${targetName}’s address than before`,
      { passing: true },
    );
  }
  if (byFormerLogin !== null) {
    throw new HallpassError(
      `Hallpass now logs in as ${server.login}, and R-${byFormerLogin} was granted there by another login: nothing new is granted until that has ended`,
      { passing: false, nextStep: 'An operator can see with `hallpass check` what keeps it from ending.' },
    );
  }
  if (twin === null) return;
  if (isTwinSure) {
    throw new HallpassError(`${name} is the same server as ${twin}: roles belong to a whole server`, {
      passing: false,
      nextStep: 'Ask for the role there.',
    });
  }
  // Both are looked at once more.
  await forgetChecked(db, twin);
  await forgetChecked(db, name);
  throw new HallpassError(`Hallpass has to see first whether ${name} is the same server as ${twin}`, {
    passing: true,
  });
}
