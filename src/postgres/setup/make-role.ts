/** Creates roles so that they can be told from those that were there before: `--undo` drops no other. */
import { quoteName } from '../quote.js';
import { doBlock, quoteText } from './script.js';

/** How the COMMENT of everything that these scripts create ends. */
export const MADE = '(made by hallpass setup-sql)';

/** Each attribute, and the condition on pg_roles that it is missing. */
const IS_WITHOUT = {
  LOGIN: 'NOT rolcanlogin',
  NOLOGIN: 'rolcanlogin',
  INHERIT: 'NOT rolinherit',
  NOINHERIT: 'rolinherit',
  NOSUPERUSER: 'rolsuper',
  NOCREATEDB: 'rolcreatedb',
  NOCREATEROLE: 'rolcreaterole',
  NOREPLICATION: 'rolreplication',
  NOBYPASSRLS: 'rolbypassrls',
} as const;

export type Attribute = keyof typeof IS_WITHOUT;

/** No attribute by which a role could get more. */
export const POWERLESS: readonly Attribute[] = [
  'NOSUPERUSER',
  'NOCREATEDB',
  'NOCREATEROLE',
  'NOREPLICATION',
  'NOBYPASSRLS',
];

interface NewRole {
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly connectionLimit?: number;
  /** What it is for: the start of its COMMENT. */
  readonly about: string;
  /** The attributes it must have even if it was there before; all of them, unless said otherwise. */
  readonly needed?: readonly Attribute[];
}

/** Creates a role, or says how an existing one must be changed: the script itself doesn't change it. */
export function makeRole({ name, attributes, connectionLimit, about, needed = attributes }: NewRole): string {
  const limit = connectionLimit === undefined ? '' : ` CONNECTION LIMIT ${connectionLimit}`;
  const wrong = needed.map((attribute) => `CASE WHEN ${IS_WITHOUT[attribute]} THEN '${attribute}' END`);
  return doBlock(`
DECLARE
  wrong text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${quoteText(name)}) THEN
    CREATE ROLE ${quoteName(name)} ${attributes.join(' ')}${limit};
    COMMENT ON ROLE ${quoteName(name)} IS ${quoteText(`${about} ${MADE}`)};
  END IF;
  SELECT concat_ws(' ',
           ${wrong.join(',\n           ')})
    INTO wrong FROM pg_roles WHERE rolname = ${quoteText(name)};
  IF wrong <> '' THEN
    RAISE WARNING 'The role % was there before, and is not as it must be.', ${quoteText(name)}
      USING HINT = ${quoteText(`ALTER ROLE ${quoteName(name)} `)} || wrong || ';';
  END IF;
END`);
}
