/** What stands in a message: its text and blocks, by the rules that all the ways to post one share. */
import { isObject, type JsonObject } from '../json.js';
import type { Block } from '../validate/blocks.js';
import { checkBlocks } from '../validate/message.js';
import { ApiError, refusal } from './method.js';

/** What Slack puts where an app gave blocks and no text. */
const NO_TEXT = "This content can't be displayed.";
const LONGEST_TEXT = 40_000;

export interface Content {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Throws `no_text`, `invalid_blocks_format` or `invalid_blocks`. */
export function contentOf(given: { readonly text?: string | undefined; readonly blocks?: unknown }): Content {
  const blocks = blocksOf(given.blocks);
  if (!given.text && blocks.length === 0) throw new ApiError('no_text');
  return { text: (given.text || NO_TEXT).slice(0, LONGEST_TEXT), blocks };
}

export function blocksOf(given: unknown): readonly Block[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw new ApiError('invalid_blocks_format');
  const checked = checkBlocks(given);
  if (!checked.ok) throw refusal('invalid_blocks', checked.messages);
  return checked.value;
}

/** Throws `invalid_metadata_format` or `invalid_metadata_schema`. */
export function metadataOf(given: unknown): JsonObject | null {
  if (given === undefined) return null;
  if (!isObject(given)) throw new ApiError('invalid_metadata_format');
  if (Object.keys(given).length === 0) return null;
  if (typeof given.event_type !== 'string' || !isObject(given.event_payload)) {
    throw new ApiError('invalid_metadata_schema');
  }
  return given;
}
