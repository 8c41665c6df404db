/**
 * What a setup script is made of. A person reads it before it runs, and it must run as it is, twice, on somebody
 * else's server. Invariants kept here:
 * - no name can end a comment, a string or a DO block that it is in, and none is indented: it may have many lines;
 * - a step is one transaction, or one statement that can't be in any: it is done wholly or not at all;
 * - the administrator who runs it calls nothing that somebody put into a schema of the database.
 */
import pg from 'pg';
import { HallpassError } from '../../errors.js';

/** What is run in one database, in the order of the steps. */
export interface Step {
  readonly database: string;
  /** SQL without a psql command, to be sent as a whole or statement by statement; ends in a newline. */
  readonly sql: string;
  /** When this query answers no row, the step is left out. It reads only what all databases share. null: always. */
  readonly when: string | null;
}

/** An SQL string. */
export function quoteText(text: string): string {
  return pg.escapeLiteral(text).trimStart();
}

/** A comment: each line of `text` is its own comment line, whatever separates them. */
export function comment(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `-- ${line}`.trimEnd())
    .join('\n');
}

/** A DO block around `body`, which is PL/pgSQL from DECLARE or BEGIN to END. */
export function doBlock(body: string): string {
  let tag = '$hallpass$';
  for (let n = 1; body.includes(tag); n += 1) tag = `$hallpass_${n}$`;
  return `DO ${tag}\n${body.trim()}\n${tag};`;
}

/**
 * Tries one statement. If the person running the script may not do this, or what it names doesn't exist, the script
 * says so and goes on: only one role or right is missing, and `hallpass check` names it too.
 */
export function attempt(statement: string, hint: string): string {
  return doBlock(`
BEGIN
  ${statement}
EXCEPTION WHEN insufficient_privilege OR undefined_object THEN
  RAISE WARNING 'Left out: %', SQLERRM USING HINT = ${quoteText(hint)};
END`);
}

/** Runs each statement that `query` answers as its only column; what may not be run is named, and left. */
export function runEach(query: string): string {
  return doBlock(`
DECLARE
  statement text;
BEGIN
  FOR statement IN
    ${query.trim()}
  LOOP
    BEGIN
      EXECUTE statement;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'Left undone: %; %', statement, SQLERRM
        USING HINT = 'Run it as a superuser, or as the role that granted it.';
    END;
  END LOOP;
END`);
}

/** @param parts comments and statements, each whole. */
export function transaction(database: string, parts: readonly string[]): Step {
  const sql = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
-- You are an administrator: nothing that others put into a schema may stand in for what is called here.
SET LOCAL search_path = pg_catalog, pg_temp;

${layOut(parts)}

COMMIT;
`;
  return { database, sql, when: null };
}

/** A comment is directly above what it is about; between others is an empty line. */
function layOut(parts: readonly string[]): string {
  const isComment = (part: string) => part.split('\n').every((line) => line.startsWith('--'));
  return parts
    .map((part, i) => part + (isComment(part) && !parts[i + 1]?.startsWith('--') ? '\n' : '\n\n'))
    .join('')
    .trimEnd();
}

/** The steps as one file for psql, with only the psql commands that a script needs to change the database. */
export function printScript(head: string, steps: readonly Step[], foot: string): string {
  return [
    comment(head),
    '\\set ON_ERROR_STOP on',
    ...steps.map(({ database, sql, when }, i) => {
      const before = steps[i - 1];
      const here = before?.database === database && before.when === null;
      const run = here ? sql.trimEnd() : `${connectTo(database)}\n${sql.trimEnd()}`;
      if (when === null) return run;
      return `SELECT EXISTS (${when}) AS wanted \\gset\n\\if :wanted\n${run}\n\\endif`;
    }),
    comment(foot),
    '',
  ].join('\n\n');
}

/** As pg_dump writes it: psql takes a name with special characters for a connection string. */
function connectTo(database: string): string {
  if (/^[A-Za-z0-9_]+$/.test(database)) return `\\connect ${database}`;
  if (/[\r\n]/.test(database)) {
    throw new HallpassError(
      `psql can’t switch to a database whose name has a line break: ${JSON.stringify(database)}`,
      {
        passing: false,
        nextStep: 'Rename the database.',
      },
    );
  }
  const name = database.replace(/[\\']/g, '\\$&').replace(/"/g, '""');
  return `\\connect -reuse-previous=on "dbname='${name}'"`;
}
