/** What the operators' messages about a target have in common. */
import { code } from '../kit/text.js';

export interface OnTarget {
  /** The target's key in the configuration. */
  readonly target: string;
  readonly targetName: string;
}

export interface Pair {
  readonly role: string;
  readonly login: string;
}

export function footer({ target }: OnTarget): string {
  return `target ${code(target)}`;
}
