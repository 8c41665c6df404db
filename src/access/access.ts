import type { ModalView } from '@slack/types';
import { parseRequestName } from '../domain/request/request.js';
import type { Message } from '../surfaces/kit/message.js';
import { openAgain } from './asking/ask-again.js';
import { fillForm } from './asking/form.js';
import { EMPTY, openForm } from './asking/open-form.js';
import { roleOptions, targetOptions } from './asking/options.js';
import { submit } from './asking/submit.js';
import { approveAgain } from './deciding/approve-again.js';
import { decide } from './deciding/decide.js';
import { deny, openDenial } from './deciding/deny.js';
import { end, relinquishOrWithdraw } from './deciding/end.js';
import { endRepeat } from './deciding/end-repeat.js';
import { judge, openJudging } from './deciding/judge.js';
import type { Deps } from './deps.js';
import { instanceOptions, openPausing, pause, resume } from './home/operate.js';
import { choseOnHome, filterHome, noteOnHome, opened, turnPage } from './home/use-home.js';
import { changedInSlack } from './keeping/leavers.js';
import { settle } from './sweeping/orphans.js';
import { command } from './typed/command.js';
import { messageShortcut } from './typed/message-shortcut.js';
import { listMine } from './typed/mine.js';
import { ownMessage } from './typed/own-message.js';

/** The person who acts, from the verified payload: never from a button's value, a name or a message text. */
export interface Actor {
  readonly userId: string;
}

/** The person or the user group that Slack says has changed. */
export type ChangedInSlack = { readonly person: string } | { readonly group: string };

/** The message that was clicked: the real channel id and timestamp; null for a click on App Home. */
export type Clicked = {
  readonly channel: string;
  readonly ts: string;
  /** What one person alone sees: no message that is kept up. */
  readonly ephemeral?: true;
} | null;

/** What a person has before them alone, and what of it is drawn again after a click. */
export type Private = 'request' | 'list';

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

export type { Answered } from './typed/command.js';

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
    filterHome: filterHome.bind(null, deps),
    choseOnHome: choseOnHome.bind(null, deps),
    /** The form in which an operator says why granting is paused; or why they may not. */
    openPausing: openPausing.bind(null, deps),
    pause: pause.bind(null, deps),
    resume: resume.bind(null, deps),
    /** At most 100, and only for operators. */
    instanceOptions: instanceOptions.bind(null, deps),
    /** On App Home a click is answered there. */
    noteOnHome: noteOnHome.bind(null, deps),
    /** What was typed after the command: within 3 s, a form or an answer. A second call with one trigger is the same request. */
    command: command.bind(null, deps),
    /** The form, with nothing filled in but an instance. Waits for Slack a second at most, and asks no server. */
    openForm: (actor: Actor, target: string | null): Promise<ModalView> =>
      openForm(deps, actor, { ...EMPTY, target: deps.config.targets.get(target ?? '') ?? null }),
    /** The form with the roles that the error in a message asks for; or why there is none. */
    messageShortcut: messageShortcut.bind(null, deps),
    /** What this person has before them alone, as it stands after their click; null when it can't be said. */
    drawAgain: (actor: Actor, what: Private, requestId: string): Promise<Message | null> => {
      if (what === 'list') return listMine(deps, actor);
      const id = parseRequestName(requestId);
      return id === null ? Promise.resolve(null) : ownMessage(deps, actor, id);
    },
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
