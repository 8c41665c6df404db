import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { wildcard } from '../servers/wildcard.js';

/**
 * The files that a pattern like `targets/*.yaml` matches, in alphabetical order. `*` stands for any part of one name except a
 * leading dot. (The globSync of node:fs needs Node 22.) @param folder that the pattern is relative to.
 */
export function expandPattern(folder: string, pattern: string): string[] {
  let found = [pattern.startsWith('/') ? '/' : folder];
  for (const segment of pattern.split('/').filter((part) => part !== '')) {
    found = found.flatMap((parent) => {
      if (!segment.includes('*')) return [join(parent, segment)].filter((path) => existsSync(path));
      return namesIn(parent)
        .filter((name) => matches(name, segment))
        .map((name) => join(parent, name));
    });
  }
  return found;
}

/** Sorted; none when it isn't a folder that we can read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function matches(name: string, segment: string): boolean {
  if (name.startsWith('.') && !segment.startsWith('.')) return false;
  return wildcard(segment).test(name);
}
