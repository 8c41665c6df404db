import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInspector, type Inspector } from '../../../src/postgres/inspecting/inspector.js';
import { quoteName } from '../../../src/postgres/quote.js';
import { installedMajors } from '../../support/majors.js';
import { useServer } from '../server.js';

describe.each(installedMajors())('logins that an address may mean, on Postgres $major', (major) => {
  const used = useServer(major);
  let inspector: Inspector;
  beforeAll(async () => {
    inspector = createInspector(used.server.connect);
    for (const login of [
      'Kim@Example.com',
      'kim@example.com',
      'Ana@example.com',
      // The Kelvin sign, a dotless i, another domain, a space: what looks alike is another.
      '\u212aim@example.com',
      'k\u0131m@example.com',
      'kim@example.com.',
      'kim@example.com ',
    ]) {
      await used.server.sql(`CREATE ROLE ${quoteName(login)} LOGIN`);
    }
    await used.server.sql(`CREATE ROLE ${quoteName('ANA@example.com')} NOLOGIN`);
  });
  afterAll(() => inspector.close());

  test('are those that equal it but for the case of ASCII letters, and can log in', async () => {
    expect(await inspector.loginsLike('kim@example.com')).toEqual(['Kim@Example.com', 'kim@example.com']);
    expect(await inspector.loginsLike('ana@example.com')).toEqual(['Ana@example.com']);
    expect(await inspector.loginsLike('nobody@example.com')).toEqual([]);
  });
});
