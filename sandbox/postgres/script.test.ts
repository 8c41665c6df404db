import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from './cluster.js';
import { runScript } from './script.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ name: 'script' });
});
afterAll(() => cluster.close());

const made = async () => {
  const rows = await cluster.query<{ name: string }>(
    "select relname as name from pg_class where relname like 'made%' order by 1",
  );
  return rows.map(({ name }) => name);
};

it('runs what an \\if wants, where \\connect says, and leaves out the rest', async () => {
  await runScript(
    cluster,
    `-- a comment with \\password in it
\\set ON_ERROR_STOP on

\\connect postgres
BEGIN;
CREATE TABLE made_first ();
COMMIT;

SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'other') AS wanted \\gset
\\if :wanted
CREATE TABLE made_never ();
\\endif

SELECT NOT EXISTS (SELECT
  FROM pg_database WHERE datname = 'other') AS wanted \\gset
\\if :wanted
CREATE DATABASE other;
\\endif

\\connect other
CREATE TABLE made_elsewhere ();
`,
  );
  expect(await made()).toEqual(['made_first']);
  expect(
    await cluster.query("select from pg_class where relname = 'made_elsewhere'", [], 'other'),
  ).toHaveLength(1);
});

it.each([
  ['a command that it does not know', 'SELECT 1;\n\\gexec', /Not known here: \\gexec/],
  ['one that it does not know after a query', 'SELECT 1 AS a \\gx', /Not known here/],
  ['a setting that it does not know', '\\set ON_ERROR_ROLLBACK on', /setting that is not known/],
  ['an \\if on what was never asked', '\\if :wanted\n\\endif', /\\if that is not known/],
  ['a warning', "DO $$BEGIN RAISE WARNING 'Left out: a role'; END$$;", /Left out: a role/],
  ['a statement that fails', 'SELECT 1/0;', /division by zero/],
])('stops at %s', async (_, script, says) => {
  await expect(runScript(cluster, script)).rejects.toThrow(says);
});
