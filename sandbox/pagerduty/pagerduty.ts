import { once } from 'node:events';
import { Account, type EscalationPolicy, type Incident, newId, type Schedule, type User } from './account.js';
import { Faults } from './faults.js';
import { type Call, createPagerDutyServer } from './server.js';

/** Who is on call; ids as `addUser` and the others gave them. */
interface OnCallEntry {
  readonly user: string;
  readonly escalationPolicy: string;
  /** Default 1. */
  readonly level?: number;
  /** Default: none, the policy names the person. */
  readonly schedule?: string;
  /** Default: always was. */
  readonly start?: Date;
  /** Default: forever. */
  readonly end?: Date;
}

/** A PagerDuty of our own, with memory, over plain HTTP. */
export interface PagerDuty {
  /** Of the REST API and of the Events API (`/v2/enqueue`). */
  readonly url: string;
  /** The only valid key of the REST API. */
  readonly token: string;
  /** The only valid integration key of the Events API. */
  readonly routingKey: string;
  /** `id` is made up when it is not given. */
  addUser(user: { readonly name: string; readonly email: string; readonly id?: string }): User;
  addSchedule(schedule: { readonly name: string; readonly id?: string }): Schedule;
  /** With one level unless more are wanted. */
  addEscalationPolicy(policy: {
    readonly name: string;
    readonly levels?: number;
    readonly id?: string;
  }): EscalationPolicy;
  /**
   * Says who is on call from now on, instead of what was said before.
   * @throws Error when an id or a level does not exist.
   */
  setOnCall(...entries: readonly OnCallEntry[]): void;
  readonly faults: Faults;
  /** Every request so far. */
  readonly calls: readonly Call[];
  /** What the Events API was told, the newest last. */
  readonly incidents: readonly Incident[];
  /** Ends all connections, hanging ones too. */
  close(): Promise<void>;
}

/** Starts PagerDuty on a free port of 127.0.0.1, with nobody in it. */
export async function startPagerDuty(): Promise<PagerDuty> {
  const account = new Account();
  const faults = new Faults();
  const calls: Call[] = [];
  const server = createPagerDutyServer(account, faults, calls);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('PagerDuty listens on no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    token: account.token,
    routingKey: account.routingKey,
    addUser: (user) => add(account.users, { id: newId(), ...user }),
    addSchedule: (schedule) => add(account.schedules, { id: newId(), ...schedule }),
    addEscalationPolicy: (policy) => add(account.escalationPolicies, { id: newId(), levels: 1, ...policy }),
    setOnCall: (...entries) => {
      account.onCalls = entries.map(({ level = 1, start = null, end = null, ...ids }) => {
        const escalationPolicy = find(account.escalationPolicies, ids.escalationPolicy);
        if (level < 1 || level > escalationPolicy.levels) {
          throw new Error(`${escalationPolicy.name} (${escalationPolicy.id}) has no level ${level}`);
        }
        const schedule = ids.schedule === undefined ? null : find(account.schedules, ids.schedule);
        return { user: find(account.users, ids.user), escalationPolicy, level, schedule, start, end };
      });
    },
    faults,
    calls,
    incidents: account.incidents,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function add<T>(list: T[], item: T): T {
  list.push(item);
  return item;
}

function find<T extends { readonly id: string }>(list: readonly T[], id: string): T {
  const found = list.find((item) => item.id === id);
  if (!found) throw new Error(`there is no ${id} in this PagerDuty`);
  return found;
}
