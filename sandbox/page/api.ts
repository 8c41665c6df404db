/** What the page and its server say to each other. Types only: the page's build holds none of the server's code. */
import type { SeenMessage, SeenView } from '../slack/act/seen.js';
import type { Change } from '../slack/world/changes.js';
import type { Notification } from '../slack/world/messages.js';
import type { Channel, Person, UserGroup } from '../slack/world/workspace.js';
import type { ConsoleSession, Truth } from './api-database.js';
import type { EncoreState, FaultsState } from './api-faults.js';
import type { GuideState } from './api-guide.js';

/** `POST /workspace`: what is the same for everybody. */
export interface WorkspaceState {
  readonly botUserId: string;
  readonly app: AppCard;
  /** Who can be played, in the order of the switch. */
  readonly cast: readonly CastMember[];
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  readonly groups: readonly UserGroup[];
  readonly commands: readonly SlashCommand[];
  readonly shortcuts: readonly Shortcut[];
}

/** The app as its manifest describes it. */
interface AppCard {
  readonly name: string;
  /** Of its icon, as in CSS. */
  readonly color: string;
  /** Whether people can write in their direct messages with it. */
  readonly takesMessages: boolean;
}

export interface SlashCommand {
  /** With its slash. */
  readonly name: string;
  /** What Slack shows beside it while somebody types it. */
  readonly hint: string;
  readonly description: string;
}

interface Shortcut {
  readonly callbackId: string;
  readonly type: 'global' | 'message';
  readonly name: string;
}

/** `GET /slack/screen?user=U…`: what one person sees. */
export interface Screen {
  readonly view: SeenView | null;
  readonly home: SeenView | null;
  /** By channel id, the newest last. */
  readonly messages: Readonly<Record<string, readonly SeenMessage[]>>;
  readonly notifications: readonly Notification[];
}

/** Who can be played, and as what. */
export interface CastMember {
  readonly id: string;
  readonly name: string;
  /** "on call", "approver of @dba", … */
  readonly part: string;
  /** Their Postgres login; null: they have none. */
  readonly login: string | null;
}

/** The feed, `GET /feed`: server-sent events by topic. All but `slack` are whole states, sent again to each new reader. */
export interface Topics {
  readonly slack: Change;
  readonly phones: Phones;
  /** The sessions of the SQL consoles. */
  readonly consoles: readonly ConsoleSession[];
  /** What the servers and the ledger say; looked at each second. */
  readonly truth: Truth;
  readonly faults: FaultsState;
  readonly guide: GuideState;
  readonly encore: EncoreState;
}

/** What rang last on the phone of each of the cast, by id, the newest last. */
type Phones = Readonly<Record<string, readonly Notification[]>>;
