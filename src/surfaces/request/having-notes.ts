/** What its holder is told about access that they have: by its grant, an extension, or one that was denied. */
import { sayDuration } from '../../domain/duration.js';
import { type AccessRequest, termsOf } from '../../domain/request/request.js';
import type { Paragraph } from '../kit/blocks.js';
import type { Message, Scene } from '../kit/message.js';
import { code, escapeMrkdwn, mention } from '../kit/text.js';
import { psqlLine, setRoleSql } from './connect.js';
import { emergencyHeadline, emergencyParagraphs } from './emergency.js';
import { events, extensionAsked, headline, place, roleParagraphs } from './state-words.js';
import { toHolder, until } from './to-holder.js';

/** Room for long names, percent-encoded. A longer line is left out: cut, it would connect to something else. */
const MAX_COMMAND = 800;

export function granted(request: AccessRequest, scene: Scene): Message {
  return toHolder(request, scene, {
    ...(emergencyHeadline(request) ?? headline(request, request.requester)),
    paragraphs: [
      ...access(request, scene),
      ...setRoleLine(request, scene),
      ...idleLine(request),
      ...roleParagraphs(request, scene, null),
      ...extensionAsked(request, request.requester),
      ...emergencyParagraphs(request, scene, request.requester),
      events(request, request.requester).join('\n'),
    ],
  });
}

/** Where they have it, and how they get in. */
function access(request: AccessRequest, scene: Scene): readonly Paragraph[] {
  const command = escapeMrkdwn(psqlLine(scene, request.login));
  return [
    `You have ${code(request.role)} on ${place(scene)}, as ${code(request.login)} in database ${code(scene.database)}.`,
    `Connect as you always do${command.length > MAX_COMMAND ? '.' : `, or with\n\`\`\`${command}\`\`\``}`,
  ];
}

/** What a login that is NOINHERIT does first, up to Postgres 15; a name that Slack can't show in code is left to them. */
export function setRoleLine({ role, login }: AccessRequest, { setRoleFirst }: Scene): readonly string[] {
  if (setRoleFirst !== true) return [];
  const line = setRoleSql(role);
  return [
    `${code(login)} is NOINHERIT there, so each session first needs ${line === null ? '`SET ROLE`' : code(line)}.`,
  ];
}

/** What its terms say of access that nobody uses. */
function idleLine(request: AccessRequest): readonly string[] {
  const { idleMs } = termsOf(request);
  return idleMs === null
    ? []
    : [`It ends after ${sayDuration(idleMs)} without a session; you’re told before.`];
}

export function extended(request: AccessRequest, scene: Scene): Message {
  const at = until(request);
  const { title, mark } =
    request.extension?.state === 'refused'
      ? { title: `Not extended: you have it${at}`, mark: 'warning' }
      : { title: `Extended${at}`, mark: 'unlock' };
  return toHolder(request, scene, {
    mark,
    title,
    paragraphs: [
      ...access(request, scene),
      ...extensionAsked(request, request.requester),
      events(request, request.requester).join('\n'),
    ],
  });
}

export function extensionDenied(request: AccessRequest, scene: Scene): Message {
  const { by = null, because = null } = scene.denial ?? {};
  return toHolder(request, scene, {
    mark: 'no_entry',
    title: `Your extension was denied${by === null ? '' : ` by ${mention(by)}`}`,
    paragraphs: [
      ...(because === null ? [] : [{ label: 'Reason:', words: because }]),
      `You still have ${code(request.role)} on ${place(scene)}${until(request)}.`,
    ],
  });
}
