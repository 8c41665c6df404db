import type { Policy } from '../../domain/policy/policy.js';
import type { Origin } from '../config.js';
import type { Settings } from '../schema.js';
import type { Problem } from '../yaml/problem.js';
import { type Layer, merged, nearestOr, origin } from './layers.js';

/** `reason:` of all layers, nearest first; a word alone says whether it is required, and nothing else. */
export function resolveReason(
  layers: readonly Layer<Settings>[],
): (Pick<Policy, 'reasonRequired' | 'reasonRule'> & { readonly origins: readonly Origin[] }) | Problem {
  const { said } = merged(layers, 'reason');
  const required = nearestOr(said, 'required', true);
  const pattern = nearestOr(said, 'pattern', null);
  const hint = nearestOr(said, 'hint', null);
  const link = nearestOr(said, 'link', null);
  for (const [key, { layer }] of Object.entries({ hint, link })) {
    if (layer === null || nearestOr(said, 'pattern', undefined).value !== undefined) continue;
    return layer.source.problem([...layer.path, key], 'needs pattern: what a reason must hold', 'key');
  }
  const says = required.value ? 'required' : 'optional';
  return {
    reasonRequired: required.value,
    reasonRule:
      pattern.value === null ? null : { pattern: pattern.value, hint: hint.value, link: link.value },
    origins: [
      origin('reason', says, required.layer, writtenAsWord(required.layer) ? [] : ['required']),
      origin('reason.pattern', pattern.value ?? 'none', pattern.layer, ['pattern']),
      ...(pattern.value === null
        ? []
        : [
            origin('reason.hint', hint.value ?? 'none', hint.layer, ['hint']),
            origin('reason.link', link.value ?? 'none', link.layer, ['link']),
          ]),
    ],
  };
}

/** `reason: optional`, whose line is that of the key itself. */
function writtenAsWord(layer: Layer<unknown> | null): boolean {
  return layer !== null && !layer.source.has([...layer.path, 'required']);
}
