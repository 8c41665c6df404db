import { z } from 'zod';
import { type Block, messageBlock } from './blocks.js';
import { complaintsAbout } from './layout.js';
import { type Checked, check } from './report.js';

const blocks = z.array(messageBlock).max(50);

/** Checks the blocks of a message; an empty list is legal and means none. */
export function checkBlocks(value: unknown, at: readonly string[] = ['blocks']): Checked<readonly Block[]> {
  const checked = check(blocks, value, at);
  if (!checked.ok) return checked;
  const messages = complaintsAbout(checked.value, at);
  return messages.length > 0 ? { ok: false, messages } : checked;
}
