/** A setting may stand at several places of the file; the nearest wins, and `hallpass config` shows it. */
import type { Origin } from '../config.js';
import type { Path, Source } from '../yaml/source.js';

export interface Layer<T> {
  readonly settings: T;
  readonly source: Source;
  readonly path: Path;
}

/** A value with the layer that says it; null: Hallpass's own default. */
export interface Found<T> {
  readonly value: T;
  readonly layer: Layer<unknown> | null;
}

/** The value of `key` in the nearest layer that has it. */
export function nearest<T, K extends keyof T>(
  layers: readonly Layer<T>[],
  key: K,
): (Found<Exclude<T[K], undefined>> & { readonly layer: Layer<T> }) | null {
  for (const layer of layers) {
    const value = layer.settings[key];
    if (isSaid(value)) return { value, layer };
  }
  return null;
}

/** The same, or what holds where no layer has it. */
export function nearestOr<T, K extends keyof T, V>(layers: readonly Layer<T>[], key: K, otherwise: V) {
  return nearest(layers, key) ?? { value: otherwise, layer: null };
}

/** Whether `one` is written, in a layer or in a map of it, at least as near as `other`; a default is the furthest. */
export function isAsNear(
  layers: readonly Layer<unknown>[],
  one: Pick<Found<unknown>, 'layer'>,
  other: Pick<Found<unknown>, 'layer'>,
): boolean {
  const distance = ({ layer }: Pick<Found<unknown>, 'layer'>) =>
    layers.findIndex(
      ({ source, path }) => source === layer?.source && path.every((step, i) => step === layer.path[i]),
    );
  const [near, far] = [distance(one), distance(other)];
  return near >= 0 && (far < 0 || near <= far);
}

/** A map that several layers say parts of, nearest first; `off`: the layer that switches it off, where nothing nearer says it. */
export interface Merged<T> {
  readonly said: readonly Layer<T>[];
  readonly off: Layer<unknown> | null;
}

/** What the layers say under `key`: maps merge by key, and null switches off what layers further away say. */
export function merged<T, K extends keyof T & string>(
  layers: readonly Layer<T>[],
  key: K,
): Merged<NonNullable<T[K]>> {
  const said: Layer<NonNullable<T[K]>>[] = [];
  for (const { settings, source, path } of layers) {
    const value = settings[key];
    if (value === null) return { said, off: said.length === 0 ? { settings, source, path } : null };
    if (value !== undefined) said.push({ settings: value, source, path: [...path, key] });
  }
  return { said, off: null };
}

function isSaid<V>(value: V): value is Exclude<V, undefined> {
  return value !== undefined;
}

/**
 * @param value as people read it.
 * @param path of the key below the layer.
 */
export function origin(key: string, value: string, layer: Layer<unknown> | null, path: Path = [key]): Origin {
  if (layer === null) return { key, value, file: null, line: null };
  const { line } = layer.source.at([...layer.path, ...path], 'key');
  return { key, value, file: layer.source.file, line };
}
