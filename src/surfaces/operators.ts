/** What the operators' channel is told: what happened, what it means, what to do. */
import { compose } from './blocks.js';
import type { Message } from './message.js';
import { code, inline } from './text.js';

interface OnTarget {
  /** The target's key in the configuration. */
  readonly target: string;
  readonly targetName: string;
}

function footer({ target }: OnTarget): string {
  return `target ${code(target)}`;
}

/** The address of a target answers as another server than the one on which access was lent. */
export function serverChanged(
  facts: OnTarget & { readonly expected: string; readonly found: string; readonly open: number },
): Message {
  const name = inline(facts.targetName, 150);
  return compose({
    mark: 'warning',
    title: 'Another server answers',
    paragraphs: [
      `${name} was the server with system_identifier ${code(facts.expected)}; its address now leads to ${code(facts.found)}.`,
      `Nothing is lent there until this is settled, and ${count(facts.open)} can't be confirmed gone: what another server says proves nothing.`,
      'If the address is wrong, correct `connect`. If the server was replaced for good, give the new one a target of its own and set `lend: false` on this one.',
    ],
    buttons: [],
    footer: footer(facts),
  });
}

/** Hallpass logs in as another than the one that granted what is out. */
export function loginChanged(facts: OnTarget & { readonly login: string; readonly open: number }): Message {
  return compose({
    mark: 'warning',
    title: `Another login on ${inline(facts.targetName, 150)}`,
    paragraphs: [
      `Hallpass now logs in as ${code(facts.login)}, but ${count(facts.open)} was made by another login. Only that one can take it back, and only it can see that it is gone.`,
      'Put the former login back into `connect` until nothing is out, then change it.',
    ],
    buttons: [],
    footer: footer(facts),
  });
}

/** A membership that our own login granted, and that no request in this ledger explains. */
export function unexplainedMembership(
  facts: OnTarget & { readonly role: string; readonly login: string },
): Message {
  return compose({
    mark: 'warning',
    title: `Unexplained membership on ${inline(facts.targetName, 150)}`,
    paragraphs: [
      `${code(facts.login)} is a member of ${code(facts.role)}, granted by Hallpass's own login, but this ledger never lent it.`,
      'It was left alone: it may come from a lost or restored ledger, from a second Hallpass with the same login, or from somebody who used that login by hand. If nobody needs it, REVOKE it as a database administrator.',
    ],
    buttons: [],
    footer: footer(facts),
  });
}

function count(grants: number): string {
  return grants === 1 ? '1 grant' : `${grants} grants`;
}
