/** For tests: blocks as the markup that the browser gets. */
import { renderToStaticMarkup } from 'react-dom/server';
import type { Block } from '../../../../slack/validate/blocks.js';
import { checkBlocks } from '../../../../slack/validate/message.js';
import type { Checked } from '../../../../slack/validate/report.js';
import type { WorkspaceState } from '../../../api.js';
import type { Surface } from '../surface.js';
import { Blocks } from './blocks.js';

const ANA = {
  id: 'U0ANA',
  teamId: 'T0',
  teams: ['T0'],
  name: 'ana',
  realName: 'Ana',
  email: null,
  emailConfirmed: true,
  deactivated: false,
  guest: 'no',
  bot: false,
  tz: 'Europe/Amsterdam',
} as const;

const WORKSPACE: WorkspaceState = {
  botUserId: 'U0BOT',
  app: { name: 'Hallpass', color: '#1f3a5f', takesMessages: false },
  cast: [],
  people: [ANA, { ...ANA, id: 'U0BO', name: 'bo', realName: 'Bo Li' }],
  channels: [
    { id: 'C0ACCESS', name: 'access', kind: 'public', archived: false, members: [] },
    { id: 'C0HIDDEN', name: 'hidden', kind: 'private', archived: false, members: ['U0BO'] },
  ],
  groups: [
    {
      id: 'S0DBA',
      handle: 'dba',
      name: 'DBA',
      members: ['U0ANA'],
      disabled: false,
      updatedBy: '',
      updatedAt: 0,
    },
  ],
  commands: [],
  shortcuts: [],
};

const unused = () => Promise.reject(new Error('Nothing acts while it is drawn.'));

/** As Ana sees them. */
export function drawn(
  blocks: readonly Block[],
  { kind = 'message', values = {}, errors = {} }: Partial<Surface> = {},
): string {
  const acts = { click: unused, choose: unused, fill: unused, enter: unused, options: unused };
  return renderToStaticMarkup(
    <Blocks
      blocks={blocks}
      surface={{ kind, values, errors, ...acts }}
      viewer={ANA.id}
      workspace={WORKSPACE}
    />,
  );
}

/** A section of this mrkdwn, without what stands around the text. */
export function drawnMrkdwn(text: string): string {
  const html = drawn(valid(checkBlocks([{ type: 'section', text: { type: 'mrkdwn', text } }])));
  return /<div class="draw-mrkdwn">(.*?)<\/div><\/div><\/div><\/div>$/.exec(html)?.[1] ?? html;
}

export function valid<T>(checked: Checked<T>): T {
  if (!checked.ok) throw new Error(checked.messages.join('\n'));
  return checked.value;
}
