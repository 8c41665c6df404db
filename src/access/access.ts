import type { ModalView } from '@slack/types';
import { shortDuration } from '../domain/duration.js';
import { help } from '../surfaces/answers/answers.js';
import { openAgain } from './asking/ask-again.js';
import { fillForm, openForm } from './asking/form.js';
import { roleOptions, targetOptions } from './asking/options.js';
import { submit } from './asking/submit.js';
import { approveAgain } from './deciding/approve-again.js';
import { decide } from './deciding/decide.js';
import { deny, openDenial } from './deciding/deny.js';
import { end, relinquishOrWithdraw } from './deciding/end.js';
import { endRepeat } from './deciding/end-repeat.js';
import { judge, openJudging } from './deciding/judge.js';
import type { Deps } from './deps.js';
import { noteOnHome, opened, turnPage } from './home/use-home.js';
import { changedInSlack } from './keeping/leavers.js';
import { settle } from './sweeping/orphans.js';

/** The person who acts, from the verified payload: never from a button's value, a name or a message text. */
export interface Actor {
  readonly userId: string;
}

/** The person or the user group that Slack says has changed. */
export type ChangedInSlack = { readonly person: string } | { readonly group: string };

/** The message that was clicked: the real channel id and timestamp; null for a click on App Home. */
export type Clicked = { readonly channel: string; readonly ts: string } | null;

/** A private answer to the person who clicked; null when the card itself says enough. */
export type Reply = { readonly text: string } | null;

/** What the request modal holds, as submitted; none of it is trusted. */
export interface Submission {
  readonly viewId: string;
  /** The Slack channel in which the command was typed, as the form kept it; null when unknown. */
  readonly channel: string | null;
  readonly target: string | null;
  readonly role: string | null;
  /** From the menu, in the form of `shortDuration`. */
  readonly duration: string | null;
  /** Typed instead of the menu; wins when not empty. */
  readonly otherDuration: string | null;
  readonly reason: string | null;
  /** `asked`: the box is ticked; `confirmed`: and they said again that they mean it. */
  readonly emergency: 'asked' | 'confirmed' | null;
}

/** What was sent of the form that asks why a request is denied. Its seal covers the request and the card. */
export interface Denial {
  /** "R-1042". */
  readonly requestId: string;
  readonly clicked: Clicked;
  /** Not trusted. */
  readonly reason: string | null;
}

export type Submitted =
  | { readonly ok: true }
  /** It asks once more, in this form. */
  | { readonly ok: true; readonly confirm: ModalView }
  /** Keyed by the field's block id. */
  | { readonly ok: false; readonly errors: Record<string, string> };

/** What Slack's side calls. */
export type Access = ReturnType<typeof createAccess>;

type Click = (actor: Actor, requestId: string, clicked: Clicked) => Promise<Reply>;

/** What Slack's side may call, with the adapters passed in. Nothing that a person does makes it throw: it answers. */
export function createAccess(deps: Deps) {
  const clicks = {
    approve: decide.bind(null, deps, 'approve'),
    extend: decide.bind(null, deps, 'extend'),
    withdraw: relinquishOrWithdraw.bind(null, deps, 'withdraw'),
    relinquish: relinquishOrWithdraw.bind(null, deps, 'relinquish'),
    end: end.bind(null, deps),
    endRepeat: endRepeat.bind(null, deps),
    /** An operator has a membership revoked that no request explains. */
    settle: settle.bind(null, deps),
  } satisfies Record<string, Click>;
  return {
    ...clicks,
    /** Approves for less than was asked for; `forMs` in milliseconds, not trusted. */
    approveFor: (actor: Actor, requestId: string, clicked: Clicked, forMs: number): Promise<Reply> =>
      decide(deps, 'approve', actor, requestId, clicked, { forMs }),
    /** The form that asks why; or, within a second, why this person can't deny it. */
    openDenial: openDenial.bind(null, deps),
    /** A second call with the same reason is the same denial. */
    deny: deny.bind(null, deps),
    /** The same again until a time that an approver chooses. */
    approveAgain: approveAgain.bind(null, deps),
    /** App Home was opened; it is drawn in a moment. */
    openHome: opened.bind(null, deps),
    turnPage: turnPage.bind(null, deps),
    /** On App Home a click is answered there. */
    noteOnHome: noteOnHome.bind(null, deps),
    /** `/request help`, in words. */
    help: (): string => help(deps.config.slack.command, exampleOf(deps)),
    /** Waits for Slack a second at most, and asks no server. */
    openForm: openForm.bind(null, deps),
    /** The form filled in with what this person asked for before; or why not. */
    openAgain: openAgain.bind(null, deps),
    fillForm: fillForm.bind(null, deps),
    /** At most 100, and only what this person may request from where they typed the command. */
    targetOptions: targetOptions.bind(null, deps),
    roleOptions: roleOptions.bind(null, deps),
    /** Answers within 2.5 s; a second call for one view is the same request. */
    submit: submit.bind(null, deps),
    /** The form in which a reviewer says why; or why they may not. */
    openJudging: openJudging.bind(null, deps),
    /** Everything is looked at again; of two, the first one counts. */
    judge: judge.bind(null, deps),
    /** Throws when the ledger doesn't answer; the next round of checks on everybody makes up for it. */
    changedInSlack: changedInSlack.bind(null, deps),
  };
}

/** An instance and a role that anyone may request; null when there is none. */
function exampleOf({ config, roles }: Pick<Deps, 'config' | 'roles'>): string | null {
  for (const { key, grant } of config.targets.values()) {
    if (!grant) continue;
    const role = roles.list(key).find(({ policy }) => policy.requesters === null && policy.channels === null);
    // The command separates its words by spaces.
    if (role === undefined || /\s/.test(role.role)) continue;
    return `${key} ${role.role} ${shortDuration(role.policy.defaultDurationMs)}`;
  }
  return null;
}
