/** The workspace as the page shows it to everybody: its people, channels and groups, and what the app adds to Slack. */
import { z } from 'zod';
import { PEOPLE } from '../../postgres/samples.js';
import type { Slack } from '../../slack/index.js';
import type { Change } from '../../slack/world/changes.js';
import { CAST } from '../../stage/cast.js';
import { SECURITY } from '../../tour/setting.js';
import type { CastMember, WorkspaceState } from '../api.js';
import type { Feed } from './feed.js';
import { type Part, pageVerb } from './part.js';

const PARTS: Readonly<Record<keyof typeof CAST, string>> = {
  ana: 'engineer',
  ben: 'engineer',
  dan: 'on call',
  cora: 'approver, @dba',
  sam: `approver, @${SECURITY.handle}`,
  eve: 'may not ask',
  olga: 'operator, @sre',
};

const LOGINS: ReadonlySet<string> = new Set(PEOPLE);

/** What the manifest says of the app, as far as Slack shows it to people. */
const manifest = z.object({
  display_information: z.object({ name: z.string(), background_color: z.string() }),
  features: z.object({
    app_home: z.object({ messages_tab_enabled: z.boolean(), messages_tab_read_only_enabled: z.boolean() }),
    shortcuts: z.array(
      z.object({ type: z.enum(['global', 'message']), name: z.string(), callback_id: z.string() }),
    ),
    slash_commands: z.array(
      z.object({ command: z.string(), description: z.string(), usage_hint: z.string() }),
    ),
  }),
});

/** How many of a person's notifications the page counts before it says "and more". */
const COUNTED = 20;
/** Milliseconds: many messages may come at once. */
const TOGETHER = 50;

/** @param printed what `hallpass manifest` prints */
export function workspacePart(slack: Slack, feed: Feed, printed: string): Part {
  const { display_information: shown, features } = manifest.parse(JSON.parse(printed));
  const state = (): WorkspaceState => ({
    botUserId: slack.botUserId,
    app: {
      name: shown.name,
      color: shown.background_color,
      takesMessages:
        features.app_home.messages_tab_enabled && !features.app_home.messages_tab_read_only_enabled,
    },
    cast: Object.entries(CAST).map(([name, id]) => castMember(name, id)),
    people: slack.workspace.people,
    channels: slack.workspace.channels,
    groups: slack.workspace.groups,
    commands: features.slash_commands.map(({ command, description, usage_hint }) => ({
      name: command,
      description,
      hint: usage_hint,
    })),
    shortcuts: features.shortcuts.map(({ type, name, callback_id }) => ({
      type,
      name,
      callbackId: callback_id,
    })),
  });
  const tellPhones = () => {
    const ids = Object.values(CAST);
    feed.tell(
      'phones',
      Object.fromEntries(ids.map((id) => [id, slack.as(id).notifications().slice(-COUNTED)])),
    );
  };
  let waiting: NodeJS.Timeout | null = null;
  const onChange = ({ kind }: Change) => {
    if (kind !== 'message' || waiting !== null) return;
    waiting = setTimeout(() => {
      waiting = null;
      tellPhones();
    }, TOGETHER);
  };
  tellPhones();
  slack.on('change', onChange);
  return {
    verbs: { workspace: pageVerb(z.strictObject({}), state) },
    close: async () => {
      slack.off('change', onChange);
      if (waiting !== null) clearTimeout(waiting);
    },
  };
}

function castMember(name: string, id: string): CastMember {
  const part = Object.entries(PARTS).find(([each]) => each === name)?.[1] ?? '';
  return { id, name, part, login: LOGINS.has(name) ? name : null };
}
