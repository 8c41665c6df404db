/**
 * A Slack workspace on this machine: a real HTTP and WebSocket server with memory, for the demo and the tests.
 * An app connects to it over the network exactly as to Slack; a test acts as the people in it.
 */
import { createServer } from 'node:http';
import { Actor } from './actor.js';
import type { Sockets } from './delivery/socket.js';
import type { Acknowledged } from './delivery/transport.js';
import type { Faults } from './faults.js';
import { portOf } from './http.js';
import { serve } from './server.js';
import { announce } from './world/announce.js';
import type { Change } from './world/changes.js';
import type { Clock } from './world/clock.js';
import type { Call, Delivered, Problem } from './world/journal.js';
import type { Workspace } from './world/workspace.js';
import { type AppIdentity, createWorld, deliverTo, type WorldOptions } from './world/world.js';

export { buttonsOf, optionsOf, valuesOfButtons, wordsOf } from './act/find.js';
export type { SeenMessage, SeenView } from './act/seen.js';
export type { Actor } from './actor.js';
export type { Fault } from './faults.js';

export interface SlackOptions extends WorldOptions {
  /** A free one by default. */
  readonly port?: number;
}

export interface Slack extends AppIdentity {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** What an app takes for https://slack.com/api/ */
  readonly apiUrl: string;
  readonly workspace: Workspace;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly sockets: Sockets;
  /** Every call of the app's, and every use of a response URL. */
  readonly log: readonly Call[];
  /** Every payload sent to the app. */
  readonly deliveries: readonly Delivered[];
  /** What a person would have seen fail, and what Slack refused because of a mistake in the app. */
  readonly problems: readonly Problem[];
  /** Sends payloads to this URL, signed, instead of over Socket Mode; null returns to Socket Mode. */
  deliverByHttp(url: string | null): void;
  /** Sends the event that this person (`user_change`) or group (`subteam_members_changed`) changed. */
  announce(id: string): Promise<Acknowledged>;
  /** Acts as a person, by id. */
  as(userId: string): Actor;
  on(event: 'change', listener: (change: Change) => void): void;
  off(event: 'change', listener: (change: Change) => void): void;
  /**
   * Resolves with what `look` answers, as soon as that is not undefined, null or false. Looks again at every change.
   * Rejects after `ms` milliseconds (50 s by default, longer than three of Hallpass's heartbeats) and then says which problems there were.
   * @param what what is waited for, and what there is instead
   */
  waitFor<T>(look: () => T | undefined | null | false, ms?: number, what?: () => string): Promise<T>;
  /** Cuts every connection and frees the port. */
  close(): Promise<void>;
}

export async function startSlack(options: SlackOptions = {}): Promise<Slack> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  const world = createWorld(url, options);
  const { app, workspace, clock, faults, sockets, journal, changes, delivery } = world;
  server.on('request', (request, response) => void serve(world, request, response));
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));

  return {
    ...app,
    url,
    apiUrl: `${url}/api/`,
    workspace,
    clock,
    faults,
    sockets,
    log: journal.calls,
    deliveries: journal.deliveries,
    problems: journal.problems,
    deliverByHttp: (to) => deliverTo(world, to),
    announce: (id) => announce(world, id),
    as: (userId) => new Actor(world, userId),
    on: (event, listener) => void changes.on(event, listener),
    off: (event, listener) => void changes.off(event, listener),
    waitFor: (look, ms = 50_000, what = () => '') =>
      changes.waitFor(look, ms, () => `${what()} Problems so far: ${JSON.stringify(journal.problems)}`),
    close: async () => {
      delivery.close();
      sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
