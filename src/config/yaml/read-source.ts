/**
 * Reads one YAML file. Each scalar becomes a Text, as it was written: the `yaml` library's own values would turn names
 * like 007, null or 1e5 into something else.
 */
import { readFileSync } from 'node:fs';
import {
  type Document,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  visit,
} from 'yaml';
import { coerceError } from '../../errors.js';
import type { Problem } from './problem.js';
import { isRawMap, type Path, type Raw, Source, sayPath } from './source.js';
import { Text, type Variables } from './text.js';

/** Most beginners start here. */
const NO_FILE =
  'there is no such file; copy hallpass.example.yaml to hallpass.yaml and fill it in, or set HALLPASS_CONFIG to the path of yours';

/**
 * @param isUnread nothing reads what stands there: a variable that isn't set is no problem.
 * @returns null when the file can't be read as a YAML map; what is wrong is added to `problems` either way.
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
    // `textsOf` finds duplicate keys: the library's own search is quadratic.
    uniqueKeys: false,
  });
  // Only the first: the others are mostly its consequences.
  const wrong = document.errors[0] ?? document.warnings[0];
  if (wrong) {
    const message =
      wrong.code === 'MULTIPLE_DOCS'
        ? 'a second document begins here; write one document a file, without "---" between'
        : `is not valid YAML: ${wrong.message}`;
    complain(wrong.pos[0], '', message);
    return null;
  }
  const root = textsOf(document, variables, lines, (offset, path, message) => {
    if (!isUnread(path)) complain(offset, sayPath(path), message);
  });
  if (!isRawMap(root)) {
    complain(0, '', 'must hold keys with values, like `slack:` and `targets:`');
    return null;
  }
  return new Source(file, root, lines, document);
}

/** What the document (schema `failsafe`) holds, with a Text for each scalar. A key that is wrong is reported and left out. */
function textsOf(
  document: Document,
  variables: Variables,
  lines: LineCounter,
  complain: (offset: number, path: Path, message: string) => void,
): Raw {
  const anchors = new Set<string>();
  const remember = ({ anchor }: { anchor?: string }) => anchor !== undefined && anchors.add(anchor);
  visit(document, {
    Map(_, map, above) {
      remember(map);
      const seen = new Map<string, number>();
      map.items = map.items.filter(({ key }) => {
        // A name is a string whatever it looks like: the key `null` or `007` is taken letter by letter.
        const name = isScalar(key) ? String(key.value) : '';
        const [offset, first] = [startOf(key), seen.get(name)];
        if (name === '' || name === '__proto__') {
          complain(
            offset,
            pathOf(above, map),
            'holds a key that is no name; a key is plain text, like `shop-prod:`',
          );
          return false;
        }
        if (first !== undefined) {
          const { line } = lines.linePos(first);
          complain(offset, [...pathOf(above, map), name], `already stands on line ${line}; write it once`);
          return false;
        }
        seen.set(name, offset);
        return true;
      });
    },
    Seq: (_, list) => void remember(list),
    Alias(_, alias, above) {
      if (anchors.has(alias.source)) return undefined;
      const message = `there is no anchor &${alias.source} above this alias`;
      complain(startOf(alias), pathOf(above, alias), message);
      const blank = new Scalar('');
      blank.type = Scalar.PLAIN;
      if (alias.range) blank.range = alias.range;
      return blank;
    },
    Scalar(key, scalar, above) {
      if (key === 'key') return;
      remember(scalar);
      const isQuoted = scalar.type !== Scalar.PLAIN;
      scalar.value = new Text(String(scalar.value), isQuoted, variables, (message) =>
        complain(startOf(scalar), pathOf(above, scalar), message),
      );
    },
  });
  return document.contents === null ? {} : document.toJS({ maxAliasCount: -1 });
}

/** The keys and indexes that lead to `node`. @param above the nodes around it, the outermost first. */
function pathOf(above: readonly unknown[], node: unknown): Path {
  return above.flatMap((each, i): Path => {
    if (isPair(each)) return [String(each.key)];
    return isSeq(each) ? [each.items.indexOf(above[i + 1] ?? node)] : [];
  });
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
