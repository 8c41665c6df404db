/** What happens to the processes of Hallpass. Those that end are started again by the fleet, as in production. */
import type { Fleet } from '../fleet.js';
import type { Member } from '../member.js';
import type { Fault } from './fault.js';

/** Longer than the 10 s after which the ledger's server takes the sweep lock away from a frozen process, milliseconds. */
const FROZEN_MS = [11_000, 14_000] as const;
const MINUTE_MS = 60_000;

export function processFaults(fleet: Fleet): readonly (readonly Fault[])[] {
  const each = (make: (member: Member) => Omit<Fault, 'place'>) =>
    fleet.members.map((member) => ({ place: member.name, ...make(member) }));
  return [
    each((member) => ended('kill -9', member, 'SIGKILL')),
    each((member) => ended('SIGTERM', member, 'SIGTERM')),
    each((member) => ({
      name: 'frozen: SIGSTOP, then SIGCONT',
      lasts: FROZEN_MS,
      excuses: 'all',
      begin: async () => {
        const thaw = member.freeze();
        return { heal: async () => thaw() };
      },
    })),
    each((member) => ({
      name: 'its clock is wrong',
      lasts: [8_000, 20_000],
      excuses: 'none',
      begin: async (random) => {
        const minutes = random.pick([-600, -20, -1, 1, 20, 600]);
        member.restart({ skewMs: minutes * MINUTE_MS });
        return { what: `by ${minutes} min`, heal: async () => member.restart({ skewMs: 0 }) };
      },
    })),
  ];
}

function ended(name: string, member: Member, signal: NodeJS.Signals): Omit<Fault, 'place'> {
  return {
    name,
    lasts: [1_000, 3_000],
    excuses: 'none',
    begin: async () => {
      member.signal(signal);
      return { heal: async () => undefined };
    },
  };
}
