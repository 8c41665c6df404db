/** Faults that can be left out of a run, by the name of their group: `--without failover`. */
import type { ChaosStage } from '../stage.js';
import type { Fault } from './fault.js';
import { lockHolderFault, roleLockFaults } from './locks.js';
import { copyFault, failoverFault } from './moves.js';
import { settingFaults } from './settings.js';

export const FAULT_GROUPS = ['settings', 'locks', 'failover', 'copy'] as const;
export type FaultGroup = (typeof FAULT_GROUPS)[number];

export function groupFaults(
  stage: ChaosStage,
  without: readonly FaultGroup[],
): readonly (readonly Fault[])[] {
  const { clusters, harbor, ledger, timeline } = stage;
  const hallpass = 'hallpass';
  const groups: Readonly<Record<FaultGroup, readonly (readonly Fault[])[]>> = {
    settings: settingFaults([
      ...clusters.map(({ name, server }) => ({
        name,
        server,
        login: hallpass,
        databases: name === 'vault' ? ['vault', 'hallpass'] : ['shop'],
      })),
      { name: 'ledger', server: ledger, login: 'hallpass_app', databases: ['hallpass'] },
    ]),
    locks: [lockHolderFault(ledger, 'hallpass'), roleLockFaults(clusters)],
    failover: [failoverFault(harbor, timeline)],
    copy: clusters.flatMap((target) => (target.name === 'depot' ? [copyFault(target, timeline)] : [])),
  };
  return FAULT_GROUPS.filter((group) => !without.includes(group)).flatMap((group) => groups[group]);
}
