/** Objects by their names. Pure. */
import type { ObjectKind, Wanted } from '../../domain/wanted/wanted.js';
import type { Group } from './groups.js';

/** As many names that begin with what was typed are looked at. */
const MAX_BEGINNING = 20;

/** One object by its name. */
export interface Found {
  readonly kind: Exclude<ObjectKind, 'large object' | 'other'>;
  readonly schema: string | null;
  /** As in the catalog; a function has its arguments. */
  readonly name: string;
}

/** An object by its group, and its place there. */
type Place = readonly [group: Group, i: number];

interface Meant {
  readonly found: Found;
  readonly group: Group;
}

/**
 * @returns what may be meant, the likeliest first: of each reading of the name, then regardless of case. `begins`: what is
 * called so, or begins so.
 */
export function createFinder(
  groups: readonly Group[],
): (wanted: Wanted, begins: boolean) => readonly Meant[] {
  const byName = new Map<string, Place[]>();
  for (const group of groups) {
    for (const [i, name] of group.names.entries()) {
      const key = name.toLowerCase();
      const known = byName.get(key);
      if (known) known.push([group, i]);
      else byName.set(key, [[group, i]]);
    }
  }
  /** Sorted when it is first needed. */
  let sorted: readonly string[] | null = null;
  function beginning(start: string): readonly Place[] {
    sorted ??= [...byName.keys()].sort((a, b) => (a < b ? -1 : 1));
    const lower = start.toLowerCase();
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((sorted[middle] ?? '') < lower) from = middle + 1;
      else to = middle;
    }
    const near = sorted.slice(from, from + MAX_BEGINNING).filter((name) => name.startsWith(lower));
    return near.flatMap((name) => byName.get(name) ?? []).slice(0, MAX_BEGINNING);
  }

  return (wanted, begins) => {
    const places = begins ? beginning(wanted.names[0]) : [...candidates(byName, wanted)];
    return places
      .filter(([group, i]) => isMeant(group, i, wanted))
      .map(([group, i]) => ({ group, found: foundAt(group, i) }));
  };
}

function foundAt({ kind, schema, names, args }: Group, i: number): Found {
  const name = names[i] ?? '';
  const of = args?.[i];
  return { kind, schema: schema?.name ?? null, name: of === undefined ? name : `${name}(${of})` };
}

function* candidates(byName: ReadonlyMap<string, readonly Place[]>, { names }: Wanted) {
  for (const exact of [true, false]) {
    for (const name of names) {
      for (const found of byName.get(name.toLowerCase()) ?? []) {
        if ((found[0].names[found[1]] === name) === exact) yield found;
      }
    }
  }
}

/** What a name alone may mean. */
const BY_NAME: ReadonlySet<Group['kind']> = new Set(['relation', 'sequence', 'function', 'schema']);

function isMeant({ kind, schema, args }: Group, i: number, wanted: Wanted): boolean {
  if (wanted.kind === null ? !BY_NAME.has(kind) : wanted.kind !== kind) return false;
  if (wanted.args !== null && args !== null && plainArgs(args[i] ?? '') !== plainArgs(wanted.args))
    return false;
  if (wanted.schemas === null) return true;
  const name = schema?.name;
  return (
    name !== undefined &&
    wanted.schemas.some((each) => each === name || each.toLowerCase() === name.toLowerCase())
  );
}

function plainArgs(args: string): string {
  return args.toLowerCase().replace(/\s+/gu, '');
}
