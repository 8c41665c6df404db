/** What Hallpass says is blanked out where it holds a secret, and nowhere else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutSecrets } from '../../src/secrets.js';

const SRC = join(import.meta.dirname, '../../src');

test('no sentence in the sources looks like a secret', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && file !== 'secrets.ts',
  );
  expect(files.length).toBeGreaterThan(100);
  const blanked = files.flatMap((file) =>
    readFileSync(join(SRC, file), 'utf8')
      .split('\n')
      .filter((line) => withoutSecrets(line) !== line)
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(blanked).toEqual([]);
});

test('a password is blanked out also beside the word that stands for one in examples', () => {
  for (const url of [
    'postgres://ana:sesame@db/shop',
    'postgres://user:password@open:sesame@db/shop',
    'redis://:passwordsesame@cache:6379',
  ]) {
    expect(withoutSecrets(`can't reach ${url}, sorry`)).not.toContain('sesame');
  }
});
