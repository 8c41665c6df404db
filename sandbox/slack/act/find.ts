/** Finds what a person points at. */

import { Impossible } from '../impossible.js';
import type { Block } from '../validate/blocks.js';
import type { Element } from '../validate/elements.js';
import { elementsOf } from '../validate/layout.js';

export interface Found {
  readonly block: Block;
  readonly element: Element;
}

/**
 * The one element called `name`: by its action_id, its block_id, both with a slash between, its button text or its
 * input's label.
 * @param value tells buttons of one name apart
 */
export function findElement(blocks: readonly Block[], name: string, value?: string): Found {
  const all = blocks.flatMap((block) => elementsOf(block).map((element): Found => ({ block, element })));
  const named = all.filter(
    ({ block, element }) =>
      [element.action_id, block.block_id, `${block.block_id}/${element.action_id}`].includes(name) ||
      (element.type === 'button' && element.text.text === name) ||
      (block.type === 'input' && block.label.text === name),
  );
  const matching =
    value === undefined
      ? named
      : named.filter(({ element }) => element.type === 'button' && element.value === value);
  const [found, another] = matching;
  if (!found || another) {
    const there = all.map(({ block, element }) => `${block.block_id}/${element.action_id}`).join(', ');
    throw new Impossible(
      `${matching.length} elements here are called ${name}; there are: ${there || 'none'}.`,
    );
  }
  return found;
}

/** The labels of the buttons, in order. */
export function buttonsOf(blocks: readonly Block[]): string[] {
  return blocks
    .flatMap(elementsOf)
    .flatMap((element) => (element.type === 'button' ? [element.text.text] : []));
}

/** The buttons that carry a value, in order. */
export function valuesOfButtons(
  blocks: readonly Block[],
): readonly { readonly label: string; readonly value: string }[] {
  return blocks
    .flatMap(elementsOf)
    .flatMap((element) =>
      element.type === 'button' && element.value ? [{ label: element.text.text, value: element.value }] : [],
    );
}

/** The labels of what overflow menus offer, in order. */
export function optionsOf(blocks: readonly Block[]): string[] {
  return blocks
    .flatMap(elementsOf)
    .flatMap((element) => (element.type === 'overflow' ? element.options.map(({ text }) => text.text) : []));
}

/** All words that the blocks show, a line for each piece of text. */
export function wordsOf(blocks: readonly Block[]): string {
  return words(blocks).join('\n');
}

function words(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(words);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : words(inner),
  );
}
