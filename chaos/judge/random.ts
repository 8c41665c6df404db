/** The comparisons that `npm test` makes with a fixed seed, with the seed of the run. */
import { miscounted } from '../../test/domain/random-approvals.js';
import { wronglyLapsed } from '../../test/domain/random-ladders.js';
import type { Random } from '../random.js';
import type { Verdict } from '../report.js';

const POLICIES = 100_000;
const LADDERS = 1_000;

export function judgeAtRandom(random: Random): readonly Verdict[] {
  return [
    {
      what: 'random approvals counted as by brute force',
      checked: POLICIES,
      breaches: miscounted(random.next, POLICIES),
    },
    {
      what: 'random ladders told before they lapse',
      checked: LADDERS,
      breaches: wronglyLapsed(random.next, LADDERS),
    },
  ];
}
