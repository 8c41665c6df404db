import { ID_DIGITS } from '../../domain/request/request.js';

/** The names by which Slack tells us what was clicked. Values carry an id ("R-1042", "O-12") and nothing else, but for the menu beside Approve (approve-for.ts). */
export const ACTIONS = {
  approve: 'request_approve',
  approveFor: 'request_approve_for',
  deny: 'request_deny',
  withdraw: 'request_withdraw',
  relinquish: 'grant_relinquish',
  end: 'grant_end',
  extend: 'grant_extend',
  settle: 'orphan_settle',
  again: 'repeat_make',
  askAgain: 'request_again',
  endRepeat: 'repeat_end',
  justified: 'emergency_justified',
  notJustified: 'emergency_not_justified',
  /** In the modal. The role's block id changes with the target, so that a stale choice is cleared. */
  target: 'target',
  role: 'role',
  duration: 'duration',
  otherDuration: 'other_duration',
  reason: 'reason',
  emergency: 'emergency',
  /** In the form of a reviewer. */
  words: 'words',
  /** On App Home. The buttons that turn a page have `:back` or `:on` after it. */
  homePage: 'home_page',
  homeRequest: 'home_request',
  homeTarget: 'home_target',
  /** In the operators' part. */
  homeInstance: 'home_instance',
  homePerson: 'home_person',
  homeClear: 'home_clear',
  pause: 'granting_pause',
  resume: 'granting_resume',
} as const;

/** What the manifest calls the shortcuts: one from anywhere, one on a message. */
export const SHORTCUTS = { request: 'request_access', forMessage: 'request_for_message' } as const;

/** Begins the block id of an entry in a person's own list: it tells that list from a single request. */
export const MINE = 'mine';

/** A reported membership's id as buttons carry it. */
export function orphanName(id: number): string {
  return `O-${id}`;
}

const ORPHAN_NAME = new RegExp(`^O-(${ID_DIGITS})$`);

/** What a button of a message carries: a request's id, or a reported membership's. */
export const BUTTON_VALUE = new RegExp(`^[RO]-${ID_DIGITS}$`);

/** A request's id, where nothing else will do. */
export const REQUEST_NAME = new RegExp(`^R-${ID_DIGITS}$`);

/** The id in "O-12"; null for anything else. */
export function parseOrphanName(name: string): number | null {
  const digits = ORPHAN_NAME.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** As much as the form's inputs let through, UTF-16 units; what is longer was not typed in our form. */
export const MAX_REASON = 500;
export const MAX_DURATION = 30;

export const VIEWS = {
  request: 'request_submit',
  deny: 'request_deny_submit',
  emergency: 'emergency_confirm',
  judge: 'emergency_judge',
  pause: 'granting_pause_submit',
} as const;

/** Block ids of the modal's inputs; errors are shown beside them. `role` is followed by `:` and the target. */
export const BLOCKS = {
  target: 'target',
  role: 'role',
  duration: 'duration',
  otherDuration: 'other_duration',
  reason: 'reason',
  emergency: 'emergency',
  words: 'words',
} as const;

/**
 * The role's block for a target. Slack keeps what was chosen in a block for as long as its id stays the same
 * (bolt-js#290), so a choice that no longer fits is cleared by another id.
 */
export function roleBlock(target: string | null): string {
  return target === null ? BLOCKS.role : `${BLOCKS.role}:${target}`;
}

/** The emergency box of a role: ticked for one role, it is not for another. */
export function emergencyBlock(role: string): string {
  return `${BLOCKS.emergency}:${role}`;
}

/** The duration menu's block for a role: another role, another menu, and its own default. */
export function durationBlock(role: string | null): string {
  return role === null ? BLOCKS.duration : `${BLOCKS.duration}:${role}`;
}
