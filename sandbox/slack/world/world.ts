/** The whole state of one sandbox, in one place. The Web API, the actors and the control API are views on it. */

import { Delivery, EVENT_RETRIES } from '../delivery/delivery.js';
import { HttpDelivery } from '../delivery/http-delivery.js';
import { Sockets } from '../delivery/socket.js';
import { Faults } from '../faults.js';
import { Changes } from './changes.js';
import { Clock } from './clock.js';
import { newId, secret, Timestamps } from './ids.js';
import { Journal } from './journal.js';
import { Messages } from './messages.js';
import { Screens } from './screens.js';
import { Tickets } from './tickets.js';
import { Workspace, type WorkspaceSeed } from './workspace.js';

/** The app as its settings pages show it. The secrets are made up for each sandbox. */
export interface AppIdentity {
  readonly appId: string;
  readonly botId: string;
  readonly botUserId: string;
  readonly teamId: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly verificationToken: string;
}

export interface World {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly app: AppIdentity;
  readonly clock: Clock;
  readonly changes: Changes;
  readonly timestamps: Timestamps;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly workspace: Workspace;
  readonly messages: Messages;
  readonly screens: Screens;
  readonly tickets: Tickets;
  readonly sockets: Sockets;
  readonly delivery: Delivery;
}

export interface WorldOptions extends WorkspaceSeed {
  /** Milliseconds before each further attempt to deliver an event; Slack's own by default. */
  readonly eventRetries?: readonly number[];
}

export function createWorld(url: string, options: WorldOptions): World {
  const clock = new Clock();
  const changes = new Changes();
  const timestamps = new Timestamps(clock);
  const journal = new Journal(clock, changes);
  const faults = new Faults();
  const workspace = new Workspace(changes, options);
  const appId = newId('A');
  const sockets = new Sockets(appId, clock, changes);
  return {
    url,
    app: {
      appId,
      botId: newId('B'),
      botUserId: workspace.botUserId,
      teamId: workspace.teamId,
      botToken: `xoxb-${secret(6)}-${secret(12)}`,
      appToken: `xapp-1-${appId}-${secret(24)}`,
      signingSecret: secret(16),
      verificationToken: secret(12),
    },
    clock,
    changes,
    timestamps,
    journal,
    faults,
    workspace,
    messages: new Messages(workspace, timestamps, changes),
    screens: new Screens(timestamps, changes),
    tickets: new Tickets(clock, url),
    sockets,
    delivery: new Delivery(sockets, {
      clock,
      faults,
      journal,
      eventRetries: options.eventRetries ?? EVENT_RETRIES,
    }),
  };
}

/** Sends payloads to this URL, signed, instead of over Socket Mode; null returns to Socket Mode. */
export function deliverTo({ app, clock, faults, sockets, delivery }: World, url: string | null): void {
  delivery.transport = url === null ? sockets : new HttpDelivery(url, app.signingSecret, clock, faults);
}
