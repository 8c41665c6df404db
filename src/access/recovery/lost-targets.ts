/** A target with something open can't leave the configuration: nothing would revoke it. */
import type { Config } from '../../config/config.js';
import { HallpassError } from '../../errors.js';
import type { Queryable } from '../../ledger/pool.js';
import { targetsWithGrants } from '../../ledger/targets/targets.js';

/** @throws HallpassError when something is open on a target that the configuration doesn't have. */
export async function refuseLostTargets(db: Queryable, { targets }: Pick<Config, 'targets'>): Promise<void> {
  const lost = (await targetsWithGrants(db)).filter((name) => !targets.has(name));
  if (lost.length === 0) return;
  throw new HallpassError(`the configuration no longer has ${lost.join(', ')}, and access is granted there`, {
    passing: false,
    nextStep:
      "Put it back with `grant: false` until nothing is open there. If its server is gone for good: hallpass recover --write-off --target NAME --because '...'",
  });
}
