/** The payloads that Slack sends, field by field. */

import type { JsonObject } from '../json.js';
import type { Element } from '../validate/elements.js';
import { type ElementState, type Values, valuesOf } from '../world/element-state.js';
import { newId } from '../world/ids.js';
import type { Message } from '../world/messages.js';
import type { OpenView } from '../world/screens.js';
import type { Channel, Person } from '../world/workspace.js';
import type { World } from '../world/world.js';

export function slashCommand(
  world: World,
  person: Person,
  typed: { readonly command: string; readonly text: string; readonly channel: Channel },
): JsonObject {
  const origin = { userId: person.id, channel: typed.channel.id, messageTs: null, threadTs: null };
  const { grid } = world.workspace;
  return {
    token: world.app.verificationToken,
    team_id: world.app.teamId,
    team_domain: world.workspace.domain,
    ...(grid === null ? {} : { enterprise_id: grid.enterpriseId, enterprise_name: 'Organization' }),
    channel_id: typed.channel.id,
    channel_name: channelName(typed.channel),
    user_id: person.id,
    user_name: person.name,
    command: typed.command,
    text: typed.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    api_app_id: world.app.appId,
    is_enterprise_install: 'false',
    response_url: world.tickets.issueResponseUrl('commands', origin),
    trigger_id: world.tickets.issueTrigger(person.id, null),
  };
}

/** An element used in a message. */
export function messageAction(
  world: World,
  person: Person,
  message: Message,
  action: JsonObject,
): JsonObject {
  const channel = world.workspace.channel(message.channel);
  const ephemeral = message.onlyFor !== null;
  const thread = message.threadTs === null ? {} : { thread_ts: message.threadTs };
  return {
    type: 'block_actions',
    ...common(world, person),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: ephemeral,
      ...thread,
    },
    trigger_id: world.tickets.issueTrigger(person.id, null),
    team: team(world),
    enterprise: enterprise(world),
    is_enterprise_install: false,
    channel: { id: message.channel, name: channel ? channelName(channel) : '' },
    ...(ephemeral ? {} : { message: messageObject(world, message) }),
    state: { values: valuesOf(message.blocks) },
    response_url: world.tickets.issueResponseUrl('actions', {
      userId: person.id,
      channel: message.channel,
      messageTs: message.ts,
      threadTs: message.threadTs,
    }),
    actions: [action],
  };
}

/** An element used in a modal or in App Home: no channel, no message, no response URL. */
export function viewAction(world: World, person: Person, open: OpenView, action: JsonObject): JsonObject {
  return {
    type: 'block_actions',
    ...common(world, person),
    container: { type: 'view', view_id: open.id },
    trigger_id: world.tickets.issueTrigger(person.id, open.view.type === 'modal' ? open.id : null),
    team: team(world),
    ...onGrid(world),
    view: viewObject(world, open),
    actions: [action],
  };
}

export function viewSubmission(world: World, person: Person, open: OpenView): JsonObject {
  return {
    type: 'view_submission',
    team: team(world),
    ...common(world, person),
    trigger_id: world.tickets.issueTrigger(person.id, open.id),
    view: viewObject(world, open),
    response_urls: [],
    is_enterprise_install: false,
    enterprise: enterprise(world),
  };
}

export function viewClosed(world: World, person: Person, open: OpenView, cleared: boolean): JsonObject {
  return {
    type: 'view_closed',
    team: team(world),
    ...common(world, person),
    view: viewObject(world, open, {}),
    is_cleared: cleared,
    is_enterprise_install: false,
    enterprise: enterprise(world),
  };
}

/** Typing in an external select. `values` are what the person has filled in so far. */
export function blockSuggestion(
  world: World,
  person: Person,
  open: OpenView,
  typed: {
    readonly blockId: string;
    readonly actionId: string;
    readonly value: string;
    readonly values: Values;
  },
): JsonObject {
  return {
    type: 'block_suggestion',
    ...common(world, person, world.workspace.grid?.searchesNameOrganization),
    container: { type: 'view', view_id: open.id },
    action_id: typed.actionId,
    block_id: typed.blockId,
    value: typed.value,
    team: team(world),
    ...onGrid(world),
    view: viewObject(world, open, typed.values),
  };
}

export function appHomeOpened(world: World, person: Person, tab: 'home' | 'messages'): JsonObject {
  const home = world.screens.home(person.id);
  return event(world, {
    type: 'app_home_opened',
    user: person.id,
    channel: world.workspace.directChannel(person.id).id,
    tab,
    ...(home && tab === 'home' ? { view: viewObject(world, home) } : {}),
  });
}

/** A shortcut from anywhere: no channel, no response URL, and no app's id. https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload */
export function globalShortcut(world: World, person: Person, callbackId: string): JsonObject {
  return {
    type: 'shortcut',
    ...shortcutCommon(world, person, callbackId),
  };
}

/** A shortcut used on a message, whoever wrote it. */
export function messageShortcut(
  world: World,
  person: Person,
  message: Message,
  callbackId: string,
): JsonObject {
  const channel = world.workspace.channel(message.channel);
  return {
    type: 'message_action',
    ...shortcutCommon(world, person, callbackId),
    message_ts: message.ts,
    channel: { id: message.channel, name: channel ? channelName(channel) : '' },
    message: messageObject(world, message),
    response_url: world.tickets.issueResponseUrl('app', {
      userId: person.id,
      channel: message.channel,
      messageTs: message.ts,
      threadTs: message.threadTs,
    }),
  };
}

function shortcutCommon(world: World, person: Person, callbackId: string): JsonObject {
  const { api_app_id: _, ...told } = common(world, person);
  return {
    ...told,
    callback_id: callbackId,
    trigger_id: world.tickets.issueTrigger(person.id, null),
    action_ts: world.timestamps.next(),
    team: team(world),
    enterprise: enterprise(world),
    is_enterprise_install: false,
  };
}

/** Something of an account changed. https://docs.slack.dev/reference/events/user_change */
export function userChange(world: World, user: JsonObject): JsonObject {
  return event(world, { type: 'user_change', user, cache_ts: 1_700_000_000 });
}

/** Somebody joined or left a group. https://docs.slack.dev/reference/events/subteam_members_changed */
export function subteamMembersChanged(world: World, groupId: string): JsonObject {
  return event(world, { type: 'subteam_members_changed', subteam_id: groupId, team_id: world.app.teamId });
}

function event(world: World, told: JsonObject): JsonObject {
  const { teamId, appId, botUserId, verificationToken } = world.app;
  return {
    token: verificationToken,
    team_id: teamId,
    api_app_id: appId,
    event: { ...told, event_ts: world.timestamps.next() },
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(world.clock.now() / 1000),
    authorizations: [
      {
        enterprise_id: world.workspace.grid?.enterpriseId ?? null,
        team_id: teamId,
        user_id: botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `1-${String(told.type)}-${teamId}`,
  };
}

/** One entry of `actions`: the element, and what was done with it. */
export function action(
  world: World,
  blockId: string,
  element: Element,
  done: ElementState | JsonObject,
): JsonObject {
  const { type, action_id } = element;
  const action_ts = world.timestamps.next();
  const confirm = 'confirm' in element && element.confirm ? { confirm: element.confirm } : {};
  if (type !== 'button') return { type, action_id, block_id: blockId, ...done, ...confirm, action_ts };
  const { text, value, style, url } = element;
  return {
    ...confirm,
    action_id,
    block_id: blockId,
    text,
    ...(value === undefined ? {} : { value }),
    ...(style === undefined ? {} : { style }),
    ...(url === undefined ? {} : { url }),
    type,
    action_ts,
  };
}

/** A message as the Web API and the payloads show it. */
export function messageObject(world: World, message: Message): JsonObject {
  const byApp = message.user === world.app.botUserId;
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    ...(byApp ? { bot_id: world.app.botId, app_id: world.app.appId } : {}),
    text: message.text,
    team: world.app.teamId,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(message.metadata === null ? {} : { metadata: message.metadata }),
    ...(message.edited ? { edited: { user: message.user, ts: message.ts } } : {}),
  };
}

/** A view as the Web API and the payloads show it. */
export function viewObject(world: World, open: OpenView, values: Values = open.values): JsonObject {
  const { view } = open;
  const modal = view.type === 'modal' ? view : null;
  const { grid } = world.workspace;
  return {
    id: open.id,
    team_id: world.app.teamId,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata,
    callback_id: view.callback_id,
    state: { values },
    hash: open.hash,
    title: modal?.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: modal?.clear_on_close ?? false,
    notify_on_close: modal?.notify_on_close ?? false,
    close: modal?.close ?? null,
    submit: modal?.submit ?? null,
    previous_view_id: open.previousId,
    root_view_id: open.rootId,
    app_id: world.app.appId,
    external_id: view.external_id,
    app_installed_team_id: grid?.viewsOfOrganization ? grid.enterpriseId : world.app.teamId,
    bot_id: world.app.botId,
  };
}

function common(world: World, person: Person, namesOrganization = false): JsonObject {
  const { grid } = world.workspace;
  const team_id = namesOrganization ? grid?.enterpriseId : (grid?.actionsName ?? person.teamId);
  return {
    user: { id: person.id, username: person.name, name: person.name, ...(team_id ? { team_id } : {}) },
    api_app_id: world.app.appId,
    token: world.app.verificationToken,
  };
}

function team({ app, workspace: { domain, grid } }: World): JsonObject | null {
  if (grid === null) return { id: app.teamId, domain };
  if (grid.withoutTeam) return null;
  return { id: app.teamId, domain, enterprise_id: grid.enterpriseId, enterprise_name: 'Organization' };
}

function enterprise({ workspace: { grid } }: World): JsonObject | null {
  return grid === null ? null : { id: grid.enterpriseId, name: 'Organization' };
}

/** Elsewhere these payloads have no such field. */
function onGrid(world: World): JsonObject {
  return world.workspace.grid === null ? {} : { enterprise: enterprise(world) };
}

/** Slack does not tell an app the names of private channels and direct messages. */
function channelName({ kind, name }: Channel): string {
  return kind === 'public' ? name : kind === 'private' ? 'privategroup' : 'directmessage';
}
