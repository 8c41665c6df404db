/** The workspace as the page shows it to everybody: its people, channels and groups, and what the app adds to Slack. */
import { z } from 'zod';
import type { Slack } from '../../slack/index.js';
import { CAST } from '../../stage/cast.js';
import { SECURITY } from '../../tour/setting.js';
import type { CastMember, WorkspaceState } from '../api.js';
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

/** Whoever has a login on the sample server; see `PEOPLE`. */
const LOGINS: ReadonlySet<string> = new Set(['ana', 'ben', 'cora', 'dan']);

/** What the manifest says of the app, as far as Slack shows it to people. */
const manifest = z.object({
  features: z.object({
    shortcuts: z.array(
      z.object({ type: z.enum(['global', 'message']), name: z.string(), callback_id: z.string() }),
    ),
    slash_commands: z.array(
      z.object({ command: z.string(), description: z.string(), usage_hint: z.string() }),
    ),
  }),
});

/** @param printed what `hallpass manifest` prints */
export function workspacePart(slack: Slack, printed: string): Part {
  const { features } = manifest.parse(JSON.parse(printed));
  const state = (): WorkspaceState => ({
    botUserId: slack.botUserId,
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
  return { verbs: { workspace: pageVerb(z.strictObject({}), state) } };
}

function castMember(name: string, id: string): CastMember {
  const part = Object.entries(PARTS).find(([each]) => each === name)?.[1] ?? '';
  return { id, name, part, login: LOGINS.has(name) ? name : null };
}
