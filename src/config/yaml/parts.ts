import type { z } from 'zod';
import type { Problem } from './problem.js';
import { isRawMap, type Path, type Source } from './source.js';
import { Text } from './text.js';

/**
 * Reads a configuration part by part and collects every problem. A wrong part is null, and what depends on it is left out
 * instead of being reported too.
 */
export class Parts {
  readonly problems: Problem[] = [];

  /** What the schema makes of `path`; null when it is wrong. Where nothing stands, it reads an empty map. */
  read<T extends z.ZodType>(source: Source, path: Path, schema: T): z.infer<T> | null {
    const result = schema.safeParse(source.raw(path) ?? {});
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const at = [...path, ...issue.path.filter((step) => typeof step !== 'symbol')];
      const raw = source.raw(source.written(at));
      if (raw instanceof Text && raw.incomplete) continue;
      if (issue.code !== 'unrecognized_keys') {
        this.problems.push(source.problem(at, issue.message));
        continue;
      }
      // `map` in fields.ts says one line a key.
      const messages = issue.message.split('\n');
      for (const [i, key] of issue.keys.entries()) {
        this.problems.push(source.problem([...at, key], messages[i] ?? issue.message, 'key'));
      }
    }
    return null;
  }

  /**
   * Each entry of the map at `path`. A key that is wrong is reported and left out; a value that is wrong is null.
   * @param wrongKey why a key can't be; null when it can.
   */
  entries<T extends z.ZodType>(
    source: Source,
    path: Path,
    schema: T,
    wrongKey: (key: string) => string | null,
  ): Map<string, z.infer<T> | null> {
    const entries = new Map<string, z.infer<T> | null>();
    for (const key of this.keys(source, path)) {
      const wrong = wrongKey(key);
      if (wrong !== null) this.problems.push(source.problem([...path, key], wrong, 'key'));
      else entries.set(key, this.read(source, [...path, key], schema));
    }
    return entries;
  }

  /** The keys of the map at `path`; anything but a map or nothing is reported. */
  keys(source: Source, path: Path): string[] {
    if (source.has(path) && !isRawMap(source.raw(path))) {
      this.problems.push(source.problem(path, 'must be a map'));
    }
    return source.keys(path);
  }
}
