/** How much one person may ask for: `limits:`. */
import type { LimitsConfig } from '../config.js';
import { limitsKeys } from '../schema.js';
import type { Parts } from '../yaml/parts.js';
import type { Source } from '../yaml/source.js';
import { nearestOr, origin } from './layers.js';

const PENDING_PER_PERSON = 10;
const REQUESTS_PER_MINUTE = 10;

/** @returns null when anything is wrong in it, which was reported. */
export function readLimits(parts: Parts, source: Source): LimitsConfig | null {
  const path = ['limits'];
  const settings = parts.read(source, path, limitsKeys);
  if (settings === null) return null;
  const layers = [{ settings, source, path }];
  const pending = nearestOr(layers, 'pending_per_person', PENDING_PER_PERSON);
  const minute = nearestOr(layers, 'requests_per_minute', REQUESTS_PER_MINUTE);
  return {
    pendingPerPerson: pending.value,
    requestsPerMinute: minute.value,
    origins: [
      origin('limits.pending_per_person', String(pending.value), pending.layer, ['pending_per_person']),
      origin('limits.requests_per_minute', String(minute.value), minute.layer, ['requests_per_minute']),
    ],
  };
}
