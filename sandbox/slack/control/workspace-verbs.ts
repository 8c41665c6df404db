/** What can be changed about the workspace, and what can be made to go wrong. */
import { z } from 'zod';
import { announce } from '../world/announce.js';
import { deliverTo } from '../world/world.js';
import { type Verb, verb } from './verb.js';

const optional = z.exactOptional;
const which = z.enum(['one', 'all']).default('all');
const times = z.int().min(1).default(1);
const ids = z.array(z.string());

const person = {
  teamId: optional(z.string()),
  realName: optional(z.string()),
  email: optional(z.string().nullable()),
  emailConfirmed: optional(z.boolean()),
  deactivated: optional(z.boolean()),
  guest: optional(z.enum(['no', 'multi_channel', 'single_channel'])),
  bot: optional(z.boolean()),
  tz: optional(z.string()),
};
const channel = {
  kind: optional(z.enum(['public', 'private'])),
  archived: optional(z.boolean()),
  members: optional(ids),
};
const group = { name: optional(z.string()), members: optional(ids), disabled: optional(z.boolean()) };

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rate_limited'), retryAfter: z.number() }),
  z.strictObject({ kind: z.literal('status'), status: z.literal([500, 503]) }),
  z.strictObject({ kind: z.literal('error'), error: z.string() }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ kind: z.literal('slow'), ms: z.number() }),
  z.strictObject({ kind: z.literal('lost') }),
]);

export const workspaceVerbs: Readonly<Record<string, Verb>> = {
  'add-person': verb({ id: optional(z.string()), name: z.string(), ...person }, ({ workspace }, args) =>
    workspace.addPerson(args),
  ),
  'set-person': verb(
    { id: z.string(), name: optional(z.string()), ...person },
    ({ workspace }, { id, ...change }) => workspace.setPerson(id, change),
  ),
  'add-channel': verb({ id: optional(z.string()), name: z.string(), ...channel }, ({ workspace }, args) =>
    workspace.addChannel(args),
  ),
  'set-channel': verb(
    { id: z.string(), name: optional(z.string()), ...channel },
    ({ workspace }, { id, ...change }) => workspace.setChannel(id, change),
  ),
  'add-group': verb({ id: optional(z.string()), handle: z.string(), ...group }, ({ workspace }, args) =>
    workspace.addGroup(args),
  ),
  'set-group': verb(
    { id: z.string(), handle: optional(z.string()), ...group },
    ({ workspace }, { id, ...change }) => workspace.setGroup(id, change),
  ),
  'set-scopes': verb({ scopes: ids }, ({ workspace }, { scopes }) => workspace.setScopes(scopes)),

  announce: verb({ id: z.string() }, (world, { id }) => announce(world, id)),

  'order-fault': verb({ method: z.string(), fault, times }, ({ faults }, args) =>
    faults.order(args.method, args.fault, args.times),
  ),
  'limit-posts': verb({ perSecond: z.number().positive().nullable() }, ({ faults }, { perSecond }) =>
    faults.limitPosts(perSecond),
  ),
  'duplicate-next': verb({ times }, ({ faults }, args) => faults.duplicateNext(args.times)),
  'forge-next': verb({ forgery: z.enum(['signature', 'stale']) }, ({ faults }, { forgery }) =>
    faults.forgeNext(forgery),
  ),
  'clear-faults': verb({}, ({ faults }) => faults.clear()),
  disconnect: verb(
    { reason: z.enum(['warning', 'refresh_requested', 'link_disabled']), which },
    ({ sockets }, args) => sockets.disconnect(args.reason, args.which),
  ),
  drop: verb({ which }, ({ sockets }, args) => sockets.drop(args.which)),
  'advance-clock': verb({ ms: z.number().positive() }, ({ clock }, { ms }) => clock.advance(ms)),
  'deliver-by-http': verb({ url: z.url().nullable() }, (world, { url }) => deliverTo(world, url)),
};
