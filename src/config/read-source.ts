/**
 * Reads one YAML file as it is written. The `yaml` library parses it; its conversion to values is not used, for
 * that turns names like 007, null or 1e5 into something else and forgets where they stood.
 */
import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { coerceError } from '../errors.js';
import { Converter } from './convert.js';
import type { Problem } from './problem.js';
import { isRawMap, type Path, Source, sayPath } from './source.js';
import type { Variables } from './text.js';

/** How the file of a beginner comes to be. */
const NO_FILE =
  'there is no such file; copy hallpass.example.yaml to hallpass.yaml and fill it in, or set HALLPASS_CONFIG to the path of yours';

/**
 * @param isUnread what stands there is not used: a variable that is not set is no problem.
 * @returns null when the file can't be read as a YAML map; what is wrong is added to `problems` in any case.
 */
export function readSource(
  file: string,
  variables: Variables,
  problems: Problem[],
  isUnread: (path: Path) => boolean,
): Source | null {
  let yaml: string;
  try {
    yaml = readFileSync(file, 'utf8');
  } catch (thrown) {
    const error = coerceError(thrown);
    const isMissing = 'code' in error && error.code === 'ENOENT';
    const message = isMissing ? NO_FILE : `can't be read: ${error.message}`;
    problems.push({ file, line: null, column: null, key: '', message });
    return null;
  }

  const lines = new LineCounter();
  const complain = (offset: number, key: string, message: string) => {
    const { line, col } = lines.linePos(offset);
    problems.push({ file, line, column: col, key, message });
  };
  const document = parseDocument(yaml, {
    schema: 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
    // The converter finds duplicate keys: the library's own search is quadratic.
    uniqueKeys: false,
  });
  // Only the first: what follows is mostly its consequence.
  const wrong = document.errors[0] ?? document.warnings[0];
  if (wrong) {
    const message =
      wrong.code === 'MULTIPLE_DOCS'
        ? 'a second document begins here; write one document a file, without "---" between'
        : `is not valid YAML: ${wrong.message}`;
    complain(wrong.pos[0], '', message);
    return null;
  }

  const converter = new Converter(variables, lines, (offset, path, message) => {
    if (!isUnread(path)) complain(offset, sayPath(path), message);
  });
  const root = document.contents === null ? {} : converter.convert(document.contents, [], 0);
  if (!isRawMap(root)) {
    complain(0, '', 'must hold keys with values, like `slack:` and `targets:`');
    return null;
  }
  return new Source(file, root, lines, converter.marks);
}
