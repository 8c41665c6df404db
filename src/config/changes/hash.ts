import { createHash } from 'node:crypto';
import type { Config } from '../config.js';

/** Secrets, and what doesn't affect access: an SSH agent's socket changes at each login. */
const LEFT_OUT: ReadonlySet<string> = new Set(['hash', 'origins', 'password', 'passphrase', 'socket']);

/**
 * SHA-256 (hex) of the effective configuration as canonical JSON, independent of the order of keys and the layout of the files.
 * Secrets are left out; a policy, which many roles share, is included as its hash.
 */
export function hashConfig(config: Omit<Config, 'hash'>): string {
  return sha256(canonical(config, new Map()));
}

function canonical(value: unknown, policies: Map<unknown, string>): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, policies)).join(',')}]`;
  const isMap = value instanceof Map;
  // Maps have names from the files as keys, objects our own words.
  const keys: string[] = isMap ? [...value.keys()] : Object.keys(value).filter((key) => !LEFT_OUT.has(key));
  const members = keys.sort().map((key) => {
    const item: unknown = isMap ? value.get(key) : Reflect.get(value, key);
    const json = key === 'policy' && !isMap ? hashPolicy(item, policies) : canonical(item, policies);
    return `${JSON.stringify(key)}:${json}`;
  });
  return `{${members.join(',')}}`;
}

function hashPolicy(policy: unknown, policies: Map<unknown, string>): string {
  let hash = policies.get(policy);
  if (hash === undefined) {
    hash = JSON.stringify(sha256(canonical(policy, policies)));
    policies.set(policy, hash);
  }
  return hash;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
