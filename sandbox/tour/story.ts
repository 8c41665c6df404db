/** What the chapters share. */
import type { SeenMessage } from '../slack/index.js';
import { all, card, click, type Name, request, told, type Wish } from '../stage/people.js';
import type { Stage } from '../stage/stage.js';
import { plain } from './plain.js';

/** What is due within a heartbeat comes after 15 s at most; the tour allows a slow machine some more, milliseconds. */
export const LIMIT_MS = 30_000;
const EXPIRY = /<!date\^(\d+)\^/;

export interface Obtained {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** What Ana was told. */
  readonly said: string;
}

/** Ana asks, Cora approves, Ana is told. */
export async function obtain(stage: Stage, wish: Wish): Promise<Obtained> {
  return approve(stage, await request(stage.slack, 'ana', wish));
}

export async function approve({ slack }: Stage, id: string): Promise<Obtained> {
  await click(slack, 'cora', await card(slack, id, /Approve/), 'Approve');
  const note = await told(slack, 'ana', id, /psql/);
  return { id, expiresAt: Number(EXPIRY.exec(all(note))?.[1]) * 1000, said: headline(note) };
}

/** They click Relinquish. @returns what they are told then */
export async function relinquish({ slack }: Stage, id: string, name: Name = 'ana'): Promise<string> {
  await click(slack, name, await told(slack, name, id, /psql/), 'Relinquish');
  return headline(await told(slack, name, id, /Ended: relinquished/));
}

export function headline(message: SeenMessage): string {
  return plain(all(message).split('\n')[0] ?? '');
}

/** The lines of a message that say this, each once, as a person sees them. @throws Error when none does */
export function linesOf(message: SeenMessage, says: RegExp): string {
  const lines = all(message)
    .split('\n')
    .filter((line) => says.test(line))
    .map(plain);
  if (lines.length === 0) throw new Error(`nothing of it says ${says}: ${all(message)}`);
  return [...new Set(lines)].join('\n');
}
