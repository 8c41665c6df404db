import { HallpassError } from '../errors.js';
import type { Config, Origin } from './config.js';
import { roleOn } from './lookup.js';
import { didYouMean } from './yaml/did-you-mean.js';

/**
 * Each effective value of one role with its file and line, as `hallpass config` prints it. For a discovered role: what holds if
 * the server has it.
 * @param place `TARGET/ROLE`
 * @throws HallpassError when there is no such target or role.
 */
export function explainRole(config: Config, place: string): string {
  const slash = place.indexOf('/');
  if (slash < 0) {
    throw new HallpassError(`${JSON.stringify(place)} names no role`, {
      passing: false,
      nextStep: `Write TARGET/ROLE${exampleOf(config)}.`,
    });
  }
  const target = find('target', config.targets, place.slice(0, slash));
  const name = place.slice(slash + 1);
  const role = roleOn(target, name) ?? find('role', target.roles, name);

  const origins = [...role.origins, ...config.limits.origins];
  const widest = (of: (origin: Origin) => string) => Math.max(...origins.map((origin) => of(origin).length));
  const keyWidth = widest((origin) => origin.key);
  const valueWidth = widest((origin) => origin.value.slice(0, 60));
  return origins
    .map((origin) => `${origin.key.padEnd(keyWidth)}  ${origin.value.padEnd(valueWidth)}  ${where(origin)}`)
    .join('\n');
}

function find<T>(what: 'target' | 'role', all: ReadonlyMap<string, T>, name: string): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  throw new HallpassError(`there is no ${what} ${JSON.stringify(name)}${didYouMean(name, all.keys())}`, {
    passing: false,
    nextStep:
      all.size === 0
        ? `The configuration lists no ${what}.`
        : `There are ${all.size} of them, like ${[...all.keys()].slice(0, 5).join(', ')}.`,
  });
}

function where({ file, line }: Origin): string {
  return file === null ? 'default' : `${file}:${line}`;
}

function exampleOf({ targets }: Config): string {
  for (const [key, { roles }] of targets) {
    for (const role of roles.keys()) return `, like ${key}/${role}`;
  }
  return '';
}
