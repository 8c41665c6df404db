/** What the page and its server say to each other. Types only: the page's build holds none of the server's code. */
import type { SeenMessage, SeenView } from '../slack/act/seen.js';
import type { Change } from '../slack/changes.js';
import type { Notification } from '../slack/messages.js';
import type { Channel, Person, UserGroup } from '../slack/workspace.js';
import type { HallpassState } from '../stage/backstage.js';
import type { ConsoleSession, Truth } from './api-database.js';

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

export type ServerName = 'shop' | 'vault' | 'ledger';
export type SlackTrouble = 'none' | 'error' | 'late' | 'lost';
export type OnCall = 'dan' | 'ben' | null;

/** What has been made to go wrong, and whether it still does. */
export interface FaultsState {
  readonly hallpass: HallpassState;
  /** Why its last start failed; null: it didn't. */
  readonly hallpassFailed: string | null;
  readonly servers: Readonly<Record<ServerName, 'up' | 'down' | 'stopping' | 'starting'>>;
  readonly slack: SlackTrouble;
  readonly pagerdutyDown: boolean;
  readonly onCall: OnCall;
  /** What was done last, when (milliseconds since 1970), and what came of it so far. */
  readonly last: { readonly what: string; readonly at: number; readonly came: readonly string[] } | null;
}

/** Ten thousand grants that end at once. */
export type EncoreState =
  | { readonly phase: 'idle'; readonly failed: string | null }
  /** `share`: 0 to 1 */
  | { readonly phase: 'preparing'; readonly what: string; readonly share: number }
  | EncoreRun;

export interface EncoreRun {
  readonly phase: 'running' | 'over';
  /** When all of them are due, milliseconds since 1970. */
  readonly due: number;
  /** The encore's own. */
  readonly hallpass: HallpassState;
  /** Kill it when half of its grants are gone. */
  readonly killInTheMiddle: boolean;
  readonly counters: Readonly<Record<'hallpass' | 'naive', EncoreCounter>>;
  /** What was done meanwhile, with when it was, milliseconds after `due`. */
  readonly notes: readonly { readonly at: number; readonly what: string }[];
}

export interface EncoreCounter {
  /** Memberships in pg_auth_members. */
  readonly left: number;
  /** Milliseconds from `due` until none was left; null: some are. */
  readonly doneAfter: number | null;
}

export interface GuideState {
  readonly steps: readonly GuideStep[];
  /** What pg_auth_members and the ledger say in the end; null: not yet. */
  readonly receipt: string | null;
}

export interface GuideStep {
  readonly id: StepId;
  readonly title: string;
  /** What to do, a sentence each. */
  readonly how: readonly string[];
  readonly state: 'open' | 'done' | 'skipped';
  /** What was seen to have happened; null while it is not done. */
  readonly seen: string | null;
}

export type StepId = 'ask' | 'refused' | 'approve' | 'rows' | 'over' | 'break';
