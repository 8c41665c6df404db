import type { ModalView, Option } from '@slack/types';

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

/** The use cases that Slack's side calls. None of them throws for what a person did; they answer. */
export interface Access {
  /** `/request help`, in words. */
  help(): string;
  /**
   * The request modal as it opens, filled in from what was typed after the command; waits for Slack a second at most,
   * and asks no server.
   */
  openForm(actor: Actor, asked: { typed: string; channel: string | null }): Promise<ModalView>;
  /** The modal after a target (and perhaps a role) was chosen: who you are there, what may be asked for. */
  fillForm(
    actor: Actor,
    chosen: { target: string; role: string | null; channel: string | null },
  ): Promise<ModalView>;
  /** At most 100, matching what was typed; only what this person may ask for, there where they typed the command. */
  targetOptions(actor: Actor, query: string): Promise<Option[]>;
  roleOptions(
    actor: Actor,
    asked: { target: string; channel: string | null; query: string },
  ): Promise<Option[]>;
  /** Errors are keyed by the modal's block id. Answers within 2.5 s; a second call for one view is the same request. */
  submit(actor: Actor, submission: Submission): Promise<Submitted>;

  approve(actor: Actor, requestId: string, clicked: Clicked): Promise<Reply>;
  deny(actor: Actor, requestId: string, clicked: Clicked): Promise<Reply>;
  withdraw(actor: Actor, requestId: string, clicked: Clicked): Promise<Reply>;
  relinquish(actor: Actor, requestId: string, clicked: Clicked): Promise<Reply>;
  extend(actor: Actor, requestId: string, clicked: Clicked): Promise<Reply>;
  end(actor: Actor, requestId: string, clicked: Clicked): Promise<Reply>;
  /** Throws when the ledger does not answer; the round that asks about everybody makes up for it. */
  changedInSlack(changed: ChangedInSlack): Promise<void>;

  /** An operator has a membership taken back that nothing explains. */
  settle(actor: Actor, orphanId: string, clicked: Clicked): Promise<Reply>;
}
