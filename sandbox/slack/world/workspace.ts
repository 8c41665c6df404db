/** Who and what is in the workspace. Everything may change while the app runs: that is what tests are for. */

import { Impossible } from '../impossible.js';
import type { Changes } from './changes.js';
import type { Grid } from './grid.js';
import { newId } from './ids.js';

export interface Person {
  readonly id: string;
  /** Another than the workspace's own for somebody from outside, seen through Slack Connect. */
  readonly teamId: string;
  /** In an organization: all the workspaces that they are in. */
  readonly teams: readonly string[];
  /** The handle: `ana`. */
  readonly name: string;
  readonly realName: string;
  readonly email: string | null;
  readonly emailConfirmed: boolean;
  readonly deactivated: boolean;
  readonly guest: 'no' | 'multi_channel' | 'single_channel';
  readonly bot: boolean;
  readonly tz: string;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly archived: boolean;
  readonly members: readonly string[];
}

export interface UserGroup {
  readonly id: string;
  /** Without the @. */
  readonly handle: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly disabled: boolean;
  /** Who made it or changed it last, and when, in seconds since 1970. */
  readonly updatedBy: string;
  readonly updatedAt: number;
}

export type PersonSeed = Partial<Person> & Pick<Person, 'name'>;
export type ChannelSeed = Partial<Channel> & Pick<Channel, 'name'>;
export type GroupSeed = Partial<UserGroup> & Pick<UserGroup, 'handle'>;

export interface WorkspaceSeed {
  readonly people?: readonly PersonSeed[];
  readonly channels?: readonly ChannelSeed[];
  readonly groups?: readonly GroupSeed[];
  /** The bot token's scopes; a usual set by default. */
  readonly scopes?: readonly string[];
  /** The slash commands of the app's manifest. */
  readonly commands?: readonly string[];
  /** The shortcuts of the app's manifest, by callback id: from anywhere, or on a message. */
  readonly shortcuts?: Readonly<Record<string, 'global' | 'message'>>;
}

/** The channel that everybody is in, but no app until it is invited. */
export const GENERAL = 'C0GENERAL0';

export class Workspace {
  readonly teamId = 'T0SANDBOX0';
  readonly domain = 'sandbox';
  readonly botUserId: string;
  /** The organization that the workspace belongs to, and how Slack speaks of it; null: to none. */
  grid: Grid | null = null;
  /** User groups need a paid plan. */
  paidPlan = true;
  /** Whether the app's manifest lets people read its direct messages. */
  messagesTab = true;
  #people = new Map<string, Person>();
  #channels = new Map<string, Channel>();
  #groups = new Map<string, UserGroup>();
  /** The app's direct messages, by person. */
  #direct = new Map<string, string>();
  #scopes: ReadonlySet<string>;
  #commands: ReadonlySet<string>;
  #shortcuts: ReadonlyMap<string, 'global' | 'message'>;
  #changes: Changes;

  constructor(changes: Changes, seed: WorkspaceSeed) {
    this.#changes = changes;
    this.#scopes = new Set(
      seed.scopes ?? [
        'commands',
        'chat:write',
        'users:read',
        'users:read.email',
        'usergroups:read',
        'im:history',
      ],
    );
    this.#commands = new Set(seed.commands ?? ['/request']);
    this.#shortcuts = new Map(
      Object.entries(seed.shortcuts ?? { request_access: 'global', request_for_message: 'message' }),
    );
    this.addChannel({ id: GENERAL, name: 'general' });
    this.botUserId = this.addPerson({ id: 'U0BOT00000', name: 'app', realName: 'App', bot: true }).id;
    for (const person of seed.people ?? []) this.addPerson(person);
    for (const channel of seed.channels ?? []) this.addChannel(channel);
    for (const group of seed.groups ?? []) this.addGroup(group);
  }

  get people(): readonly Person[] {
    return [...this.#people.values()];
  }

  get channels(): readonly Channel[] {
    return [...this.#channels.values()];
  }

  get groups(): readonly UserGroup[] {
    return [...this.#groups.values()];
  }

  get scopes(): ReadonlySet<string> {
    return this.#scopes;
  }

  get commands(): ReadonlySet<string> {
    return this.#commands;
  }

  get shortcuts(): ReadonlyMap<string, 'global' | 'message'> {
    return this.#shortcuts;
  }

  person(id: string): Person | undefined {
    return this.#people.get(id);
  }

  channel(id: string): Channel | undefined {
    return this.#channels.get(id);
  }

  group(id: string): UserGroup | undefined {
    return this.#groups.get(id);
  }

  /** Adds somebody with a confirmed address of the example.com domain, unless the seed says otherwise. */
  addPerson(seed: PersonSeed): Person {
    const person: Person = {
      id: newId('U'),
      teamId: this.teamId,
      teams: [seed.teamId ?? this.teamId],
      realName: seed.name.charAt(0).toUpperCase() + seed.name.slice(1),
      email: seed.bot ? null : `${seed.name}@example.com`,
      emailConfirmed: true,
      deactivated: false,
      guest: 'no',
      bot: false,
      tz: 'Europe/Amsterdam',
      ...seed,
    };
    this.#people.set(person.id, person);
    const general = this.#channels.get(GENERAL);
    if (general && !person.bot) this.setChannel(GENERAL, { members: [...general.members, person.id] });
    else this.#tell(person.id);
    return person;
  }

  /** Changes what is said of a person: deactivate, make a guest, take the address's confirmation away, … */
  setPerson(id: string, change: Partial<Omit<Person, 'id'>>): void {
    this.#people.set(id, { ...this.#known(this.#people, id), ...change });
    this.#tell(id);
  }

  /** Adds a channel. The bot is in it if the seed says so, as a member. */
  addChannel(seed: ChannelSeed): Channel {
    const channel: Channel = { id: newId('C'), kind: 'public', archived: false, members: [], ...seed };
    this.#channels.set(channel.id, channel);
    if (channel.kind === 'im') for (const member of channel.members) this.#direct.set(member, channel.id);
    this.#tell(channel.id);
    return channel;
  }

  setChannel(id: string, change: Partial<Omit<Channel, 'id'>>): void {
    this.#channels.set(id, { ...this.#known(this.#channels, id), ...change });
    this.#tell(id);
  }

  /** Lets the app into a channel, or takes it out (`/invite`, `/kick`). */
  setBotIn(channelId: string, inside: boolean): void {
    const others = this.#known(this.#channels, channelId).members.filter((id) => id !== this.botUserId);
    this.setChannel(channelId, { members: inside ? [...others, this.botUserId] : others });
  }

  addGroup(seed: GroupSeed): UserGroup {
    const group: UserGroup = {
      id: newId('S'),
      name: seed.handle,
      members: [],
      disabled: false,
      updatedBy: 'U0ADMIN000',
      updatedAt: 1_700_000_000,
      ...seed,
    };
    this.#groups.set(group.id, group);
    this.#tell(group.id);
    return group;
  }

  setGroup(id: string, change: Partial<Omit<UserGroup, 'id'>>): void {
    this.#groups.set(id, { ...this.#known(this.#groups, id), ...change });
    this.#tell(id);
  }

  setScopes(scopes: Iterable<string>): void {
    this.#scopes = new Set(scopes);
    this.#tell('scopes');
  }

  /** The direct messages between a person and the app, opened if need be. */
  directChannel(userId: string): Channel {
    const found = this.#channels.get(this.#direct.get(userId) ?? '');
    return (
      found ??
      this.addChannel({
        id: newId('D'),
        name: 'directmessage',
        kind: 'im',
        members: [userId, this.botUserId],
      })
    );
  }

  /** The people who see a channel: its members, and all of the workspace when it is public. */
  canSee(userId: string, channel: Channel): boolean {
    const guest = this.person(userId)?.guest !== 'no';
    return channel.members.includes(userId) || (channel.kind === 'public' && !guest);
  }

  #known<T>(all: ReadonlyMap<string, T>, id: string): T {
    const found = all.get(id);
    if (!found) throw new Impossible(`The sandbox's workspace has no ${id}.`);
    return found;
  }

  #tell(id: string): void {
    this.#changes.tell('workspace', { id });
  }
}
