import { shortDuration } from '../domain/duration.js';
import { help } from '../surfaces/words.js';
import type { Access } from './access.js';
import { decide } from './decide.js';
import type { Deps } from './deps.js';
import { end, giveBack } from './give-back.js';
import { changedInSlack } from './leavers.js';
import { fillForm, openForm } from './offer.js';
import { roleOptions, targetOptions } from './options.js';
import { settle } from './orphans.js';
import { submit } from './submit.js';

/** The use cases, with their adapters handed in. */
export function createAccess(deps: Deps): Access {
  return {
    help: () => help(deps.config.slack.command, exampleOf(deps)),
    openForm: (actor, asked) => openForm(deps, actor, asked),
    fillForm: (actor, chosen) => fillForm(deps, actor, chosen),
    targetOptions: (actor, query) => targetOptions(deps, actor, query),
    roleOptions: (actor, asked) => roleOptions(deps, actor, asked),
    submit: (actor, submission) => submit(deps, actor, submission),
    approve: (actor, id, clicked) => decide(deps, 'approve', actor, id, clicked),
    deny: (actor, id, clicked) => decide(deps, 'deny', actor, id, clicked),
    extend: (actor, id, clicked) => decide(deps, 'extend', actor, id, clicked),
    withdraw: (actor, id, clicked) => giveBack(deps, 'withdraw', actor, id, clicked),
    relinquish: (actor, id, clicked) => giveBack(deps, 'relinquish', actor, id, clicked),
    end: (actor, id, clicked) => end(deps, actor, id, clicked),
    changedInSlack: (changed) => changedInSlack(deps, changed),
    settle: (actor, id) => settle(deps, actor, id),
  };
}

/** An instance and a role that everybody may ask for; null when there is none. */
function exampleOf({ config, roles }: Pick<Deps, 'config' | 'roles'>): string | null {
  for (const { key, lend } of config.targets.values()) {
    if (!lend) continue;
    const role = roles.list(key).find(({ policy }) => policy.requesters === null && policy.channels === null);
    // Words are told apart by spaces.
    if (role !== undefined && !/\s/.test(role.role))
      return `${key} ${role.role} ${shortDuration(role.policy.defaultDurationMs)}`;
  }
  return null;
}
