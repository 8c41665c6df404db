/** Answers to what was typed after the command, in mrkdwn. */
import type { SubCommand } from '../../domain/typed/typed-command.js';
import type { Message } from '../kit/message.js';
import { code, inline } from '../kit/text.js';
import { firstOf } from '../kit/words.js';
import { say } from './private-message.js';

/** Instances in one sentence. */
const MAX_NAMED = 10;
const MAX_SAID = 2_000;

/** How each is typed, and what it does. */
const USES: Readonly<Record<SubCommand, readonly [typed: string, does: string]>> = {
  mine: ['mine', 'shows what you hold and what waits'],
  again: ['again [R-1042]', 'opens the form, filled in as last time'],
  relinquish: ['relinquish [R-1042 or role]', 'ends early what you hold'],
  who: ['who [instance]', 'shows operators who holds what'],
  help: ['help', 'says how to ask'],
};

export interface Help {
  /** As configured, with its slash. */
  readonly command: string;
  /** An instance, a role and a duration that the reader can request, as they are typed; null: there are none. */
  readonly example: string | null;
  /** What the reader can request something on, by name as it is typed. */
  readonly instances: readonly string[];
  /** Why there are none, in plain text; null: there are. */
  readonly why: string | null;
  readonly isOperator: boolean;
}

export function help({ command, example, instances, why, isOperator }: Help): Message {
  const uses = (['mine', 'again', 'relinquish', ...(isOperator ? (['who'] as const) : [])] as const).map(
    (name) => {
      const [typed, does] = USES[name];
      return `${code(`${command} ${typed}`)} ${does}.`;
    },
  );
  return say(
    [
      `${code(command)} opens a form: choose a Postgres instance, a role, for how long, and say why. An approver decides in Slack; who is on call may be approved at once. The role is granted to your own login, and revoked when its time is up.`,
      ...(example === null
        ? []
        : [
            `Faster: ${code(`${command} ${example} ticket 812`)} sends it at once. What you leave out, the form asks for.`,
          ]),
      uses.join(' '),
      why === null ? `You can request roles on ${firstOf(instances.map(code), MAX_NAMED)}.` : asSaid(why),
    ]
      .filter((line) => line !== '')
      .join('\n'),
  );
}

/** More was typed than a sub-command takes. @param quoted an instance that the reader can use is called like it. */
export function howToType(command: string, name: SubCommand, quoted: boolean): Message {
  const [typed, does] = USES[name];
  const instance = quoted
    ? ` For the instance of that name, put it in quotes: ${code(`${command} "${name}"`)}.`
    : '';
  return say(
    `Type ${code(`${command} ${typed}`)}, and nothing more: it ${does}. Nothing was changed.${instance}`,
  );
}

/** @param why sentences in plain text, with links to channels. */
export const notRequested = (why: string): Message => say(`Nothing was requested. ${asSaid(why)}`);

/** It is made, and how it stands can't be read now. */
export const requested = (): Message => say('Your request is made. A direct message says who decides it.');

/** @param text why no role is found, in plain text. */
export const noRoleFor = (text: string): Message => say(asSaid(text));

/** Servers and Slack took longer than a form can wait. */
export const slow = (command: string): Message =>
  say(
    `That took longer than a form can wait, so nothing was opened. Try it again in a moment; ${code(command)} opens the form.`,
  );

/** The first answer when the ledger or Slack is slow: what was typed may still be done. */
export const stillAtIt = (command: string): Message =>
  say(
    `This takes longer than usual. You'll read here what comes of it. If you don't within a minute, ${code(`${command} mine`)} shows whether anything was requested.`,
  );

export const noErrorFound = (command: string): Message =>
  say(
    `There is no permission error of Postgres in this message, such as ${code('permission denied for table invoices')}. ${code(command)} opens the form, and ${code(`${command} invoices`)} finds the roles that give a table.`,
  );

/** What the form says beside its fields, in plain text, as mrkdwn; its links to channels are links. */
function asSaid(plain: string): string {
  return inline(plain, MAX_SAID).replace(/&lt;(#[CG][A-Z0-9]+)&gt;/g, '<$1>');
}
