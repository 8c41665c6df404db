import type { Names } from '../../domain/typed/typed-command.js';
import type { Deps } from '../deps.js';

/**
 * The names that a typed word may be. Who may use what is asked later: a word is only compared, nothing is named to
 * anybody by it.
 */
export function namesOf({ config, roles }: Pick<Deps, 'config' | 'roles'>): Names {
  const { targets } = config;
  // Postgres folds a name that isn't quoted, and phones begin with a capital.
  const rolesCalled = (key: string, word: string): readonly string[] =>
    [word, word.toLowerCase()].filter((name) => roles.offered(key, name) !== undefined).slice(0, 1);
  return {
    instances: (word) => {
      if (targets.has(word)) return [word];
      const folded = word.toLowerCase();
      if (targets.has(folded)) return [folded];
      return [...targets.values()].filter(({ name }) => name.toLowerCase() === folded).map(({ key }) => key);
    },
    roles: rolesCalled,
    instancesWith: (word) => [...targets.keys()].filter((key) => rolesCalled(key, word).length > 0),
  };
}
