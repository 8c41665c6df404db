import type { ModalView, Option } from '@slack/types';
import { shortDuration } from '../domain/duration.js';
import { help } from '../surfaces/words.js';
import { fillForm, openForm } from './asking/form.js';
import { roleOptions, targetOptions } from './asking/options.js';
import { submit } from './asking/submit.js';
import { decide } from './deciding/decide.js';
import { end, relinquishOrWithdraw } from './deciding/end.js';
import type { Deps } from './deps.js';
import { changedInSlack } from './keeping/leavers.js';
import { settle } from './sweeping/orphans.js';

/** Who acts, from the verified payload: never from a button's value, a name or a message text. */
export interface Actor {
  readonly userId: string;
}

/** Of whom, or of which user group, Slack tells that something changed. */
export type ChangedInSlack = { readonly person: string } | { readonly group: string };

/** The message that was clicked: the real channel id and timestamp. */
export interface Clicked {
  readonly channel: string;
  readonly ts: string;
}

/** What is said privately to who clicked; null when the card itself says enough. */
export type Reply = { readonly text: string } | null;

/** What the request modal holds, as submitted; nothing of it is trusted. */
export interface Submission {
  readonly viewId: string;
  /** The Slack channel in which the command was typed, as the form kept it; null when it is not known. */
  readonly channel: string | null;
  readonly target: string | null;
  readonly role: string | null;
  /** From the menu, in the form of `shortDuration`. */
  readonly duration: string | null;
  /** Typed instead of the menu; wins when not empty. */
  readonly otherDuration: string | null;
  readonly reason: string | null;
}

export type Submitted =
  | { readonly ok: true }
  /** Keyed by the field's block id. */
  | { readonly ok: false; readonly errors: Record<string, string> };

/** What Slack's side calls. */
export type Access = ReturnType<typeof createAccess>;

type Click = (actor: Actor, requestId: string, clicked: Clicked) => Promise<Reply>;

/** What Slack's side may call, with the adapters handed in. None of it throws for what a person did; it answers. */
export function createAccess(deps: Deps) {
  const clicks = {
    approve: (actor, id, clicked) => decide(deps, 'approve', actor, id, clicked),
    deny: (actor, id, clicked) => decide(deps, 'deny', actor, id, clicked),
    extend: (actor, id, clicked) => decide(deps, 'extend', actor, id, clicked),
    withdraw: (actor, id, clicked) => relinquishOrWithdraw(deps, 'withdraw', actor, id, clicked),
    relinquish: (actor, id, clicked) => relinquishOrWithdraw(deps, 'relinquish', actor, id, clicked),
    end: (actor, id, clicked) => end(deps, actor, id, clicked),
    /** An operator has a membership revoked that nothing explains. */
    settle: (actor, orphanId) => settle(deps, actor, orphanId),
  } satisfies Record<string, Click>;
  return {
    /** `/request help`, in words. */
    help: (): string => help(deps.config.slack.command, exampleOf(deps)),
    /**
     * The request modal as it opens, filled in from what was typed after the command; waits for Slack a second at
     * most, and asks no server.
     */
    openForm: (actor: Actor, asked: { typed: string; channel: string | null }): Promise<ModalView> =>
      openForm(deps, actor, asked),
    /** The modal after a target (and perhaps a role) was chosen: who you are there, what may be asked for. */
    fillForm: (
      actor: Actor,
      chosen: { target: string; role: string | null; channel: string | null },
    ): Promise<ModalView> => fillForm(deps, actor, chosen),
    /** At most 100, matching what was typed; only what this person may ask for, there where they typed the command. */
    targetOptions: (actor: Actor, query: string): Promise<Option[]> => targetOptions(deps, actor, query),
    roleOptions: (
      actor: Actor,
      asked: { target: string; channel: string | null; query: string },
    ): Promise<Option[]> => roleOptions(deps, actor, asked),
    /** Errors are keyed by the modal's block id. Answers within 2.5 s; a second call for one view is the same request. */
    submit: (actor: Actor, submission: Submission): Promise<Submitted> => submit(deps, actor, submission),

    ...clicks,

    /** Throws when the ledger does not answer; the round that asks about everybody makes up for it. */
    changedInSlack: (changed: ChangedInSlack): Promise<void> => changedInSlack(deps, changed),
  };
}

/** An instance and a role that everybody may ask for; null when there is none. */
function exampleOf({ config, roles }: Pick<Deps, 'config' | 'roles'>): string | null {
  for (const { key, grant } of config.targets.values()) {
    if (!grant) continue;
    const role = roles.list(key).find(({ policy }) => policy.requesters === null && policy.channels === null);
    // Words are told apart by spaces.
    if (role !== undefined && !/\s/.test(role.role))
      return `${key} ${role.role} ${shortDuration(role.policy.defaultDurationMs)}`;
  }
  return null;
}
