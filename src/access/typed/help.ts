import type { TargetConfig } from '../../config/config.js';
import { shortDuration } from '../../domain/duration.js';
import { SUB_COMMANDS } from '../../domain/typed/typed-command.js';
import { help } from '../../surfaces/answers/typed.js';
import type { Message } from '../../surfaces/kit/message.js';
import type { Actor } from '../access.js';
import { targetMenu } from '../asking/menus.js';
import { identify } from '../deciding/accounts.js';
import { isOperator } from '../deciding/operator.js';
import type { Deps } from '../deps.js';

/** Slack is waited for so long to say who the operators are, milliseconds. */
const GROUPS_MS = 1_000;

/** How to ask, with instances that this person can use. */
export async function helped(deps: Deps, actor: Actor): Promise<Message> {
  const { command } = deps.config.slack;
  const who = await identify(deps, actor);
  if (!who.ok) return help({ command, example: null, instances: [], why: who.text, isOperator: false });
  const [menu, operates] = await Promise.all([
    targetMenu(deps, who.person),
    isOperator(deps, actor.userId, GROUPS_MS),
  ]);
  return help({
    command,
    example: exampleOf(deps, menu.items),
    instances: menu.items.map(({ key }) => asTyped(key)),
    why: 'why' in menu ? menu.why : null,
    isOperator: operates,
  });
}

/** An instance that is called like a sub-command is typed in quotes. */
function asTyped(key: string): string {
  return SUB_COMMANDS.some((name) => name === key) ? `"${key}"` : key;
}

/** A role that anyone may request, on an instance that this person can use; null when there is none. */
function exampleOf({ roles }: Pick<Deps, 'roles'>, targets: readonly TargetConfig[]): string | null {
  for (const { key } of targets) {
    const role = roles.list(key).find(({ policy }) => policy.requesters === null && policy.channels === null);
    if (role === undefined) continue;
    const name = /\s/.test(role.role) ? `"${role.role}"` : role.role;
    return `${asTyped(key)} ${name} ${shortDuration(role.policy.defaultDurationMs)}`;
  }
  return null;
}
