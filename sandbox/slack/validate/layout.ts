/** The rules that no single block can break: what must be unique, or happen once, in a whole message or view. */
import type { Block } from './blocks.js';
import type { Element } from './elements.js';
import { complaint } from './report.js';

/** The elements of a block that a person can use, in the order in which they are drawn. */
export function elementsOf(block: Block): readonly Element[] {
  switch (block.type) {
    case 'actions':
      return block.elements;
    case 'input':
      return [block.element];
    case 'section':
      return block.accessory && block.accessory.type !== 'image' ? [block.accessory] : [];
    default:
      return [];
  }
}

/** Slack's complaints about `blocks`, which stand at `at`. */
export function complaintsAbout(blocks: readonly Block[], at: readonly string[]): string[] {
  const seen = new Set<string>();
  const complaints: string[] = [];
  for (const [index, block] of blocks.entries()) {
    const here = [...at, index];
    if (seen.has(block.block_id)) {
      complaints.push(complaint(`block_id ${block.block_id} already exists`, [...here, 'block_id']));
    }
    seen.add(block.block_id);
    const ids = elementsOf(block).map((element) => element.action_id);
    for (const id of ids.filter((id, position) => ids.indexOf(id) !== position)) {
      complaints.push(complaint(`action_id ${id} already exists`, [...here, 'elements']));
    }
  }
  const focused = blocks
    .flatMap(elementsOf)
    .filter((element) => 'focus_on_load' in element && element.focus_on_load === true);
  if (focused.length > 1) complaints.push(complaint('only one element may have focus_on_load', at));
  const markdown = blocks.reduce(
    (sum, block) => sum + (block.type === 'markdown' ? block.text.length : 0),
    0,
  );
  if (markdown > 12_000)
    complaints.push(complaint('markdown blocks must be less than 12001 characters in all', at));
  return complaints;
}
