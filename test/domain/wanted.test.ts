import { describe, expect, it } from 'vitest';
import { readWanted } from '../../src/domain/wanted/read-wanted.js';
import type { Wanted } from '../../src/domain/wanted/wanted.js';

const NOTHING = { schemas: null, database: null, column: null, args: null, privilege: null };
const error = (kind: Wanted['kind'], names: readonly string[], more: Partial<Wanted> = {}) => ({
  ...NOTHING,
  asked: 'error',
  kind,
  names,
  ...more,
});
const READ = { privilege: 'SELECT', schemas: ['billing'] } as const;

const SHAPES: readonly (readonly [string, string, ReturnType<typeof error>])[] = [
  [
    'psql',
    'shop=> select * from billing.invoices;\nERROR:  permission denied for table invoices\nshop=> ',
    error('relation', ['invoices'], READ),
  ],
  [
    'psql, with a line and a hint',
    'ERROR:  permission denied for table invoices\nLINE 1: INSERT INTO invoices VALUES (1)\nHINT:  Ask somebody.',
    error('relation', ['invoices'], { privilege: 'INSERT' }),
  ],
  [
    'psql, made one line by the field that it was pasted into',
    'ERROR:  permission denied for table invoices LINE 1: update billing.invoices set cents = 1;',
    error('relation', ['invoices'], { privilege: 'UPDATE', schemas: ['billing'] }),
  ],
  [
    'psql with codes',
    'psql:x.sql:7: ERROR:  42501: permission denied for view open_invoices\nLOCATION:  aclcheck_error, aclchk.c:2843',
    error('relation', ['open_invoices']),
  ],
  ['Postgres 10', 'ERROR: permission denied for relation invoices', error('relation', ['invoices'])],
  [
    'JDBC',
    'org.postgresql.util.PSQLException: ERROR: permission denied for table invoices\n\tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2676)\n\tat org.postgresql.core.v3.QueryExecutorImpl.processResults(QueryExecutorImpl.java:2366)',
    error('relation', ['invoices']),
  ],
  [
    'Spring',
    'org.springframework.jdbc.BadSqlGrammarException: PreparedStatementCallback; bad SQL grammar [DELETE FROM invoices WHERE id = ?]; nested exception is org.postgresql.util.PSQLException: ERROR: permission denied for table invoices; SQL state [42501]',
    error('relation', ['invoices'], { privilege: 'DELETE' }),
  ],
  [
    'Rails',
    'ActiveRecord::StatementInvalid (PG::InsufficientPrivilege: ERROR:  permission denied for table invoices\n): SELECT "invoices".* FROM "billing"."invoices" LIMIT $1\n  app/models/invoice.rb:12:in `open\'',
    error('relation', ['invoices'], READ),
  ],
  [
    'Django',
    'django.db.utils.ProgrammingError: permission denied for table billing_invoice\n',
    error('relation', ['billing_invoice']),
  ],
  [
    'SQLAlchemy',
    '(psycopg2.errors.InsufficientPrivilege) permission denied for sequence invoices_id_seq\n\n[SQL: INSERT INTO invoices (cents) VALUES (%(cents)s) RETURNING id]',
    error('sequence', ['invoices_id_seq']),
  ],
  [
    'psycopg 3',
    'psycopg.errors.InsufficientPrivilege: permission denied for schema billing\nLINE 1: SELECT * FROM billing.invoices\n                      ^',
    error('schema', ['billing']),
  ],
  [
    'pgx',
    'failed to load: ERROR: permission denied for table invoices (SQLSTATE 42501)',
    error('relation', ['invoices']),
  ],
  [
    'node-postgres',
    "error: permission denied for table invoices\n    at Parser.parseErrorMessage (/app/node_modules/pg-protocol/dist/parser.js:285:98) {\n  severity: 'ERROR',\n  code: '42501'",
    error('relation', ['invoices']),
  ],
  [
    'JSON',
    '{"level":"error","msg":"permission denied for table invoices","code":"42501","query":"truncate \\"billing\\".\\"invoices\\""}',
    error('relation', ['invoices'], { privilege: 'TRUNCATE', schemas: ['billing'] }),
  ],
  [
    'a server’s log',
    '2026-12-01 10:00:00 UTC [77] ana@shop ERROR:  permission denied for materialized view monthly at character 15\n2026-12-01 10:00:00 UTC [77] ana@shop STATEMENT:  select * from reporting.monthly',
    error('relation', ['monthly'], { privilege: 'SELECT', schemas: ['reporting'] }),
  ],
  [
    'what makes something',
    'ERROR:  permission denied for schema billing\nSTATEMENT:  CREATE TABLE billing.x (n int)',
    error('schema', ['billing'], { privilege: 'CREATE' }),
  ],
  [
    'a function',
    'ERROR:  permission denied for function close_month\nSTATEMENT:  select billing.close_month(1)',
    error('function', ['close_month']),
  ],
  [
    'a procedure',
    'ERROR:  permission denied for procedure close_month\nSTATEMENT:  CALL billing.close_month(1)',
    error('function', ['close_month'], { privilege: 'EXECUTE', schemas: ['billing'] }),
  ],
  [
    'a sequence that is set',
    "ERROR:  permission denied for sequence s\nSTATEMENT:  select setval('billing.s', 4)",
    error('sequence', ['s'], { privilege: 'UPDATE', schemas: ['billing'] }),
  ],
  [
    'a column',
    'ERROR:  permission denied for column "iban" of relation "payments"',
    error('relation', ['payments'], { column: 'iban' }),
  ],
  [
    'a database',
    'psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  permission denied for database "shop"\nDETAIL:  User does not have CONNECT privilege.',
    error('database', ['shop']),
  ],
  [
    'temporary tables',
    'ERROR:  permission denied to create temporary tables in database "shop"',
    error('database', ['shop'], { privilege: 'TEMPORARY' }),
  ],
  ['a foreign table', 'ERROR:  permission denied for foreign table far', error('relation', ['far'])],
  ['a server', 'ERROR:  permission denied for foreign server far', error('foreign server', ['far'])],
  ['a type', 'ERROR:  permission denied for type money_like', error('type', ['money_like'])],
  ['a large object', 'ERROR:  permission denied for large object 16403', error('large object', ['16403'])],
  [
    'an owner',
    'ERROR:  must be owner of table invoices\nSTATEMENT:  ALTER TABLE billing.invoices ADD n int',
    error('relation', ['invoices'], { privilege: 'OWN' }),
  ],
  [
    'the owner of a materialized view',
    'ERROR:  must be owner of materialized view monthly',
    error('relation', ['monthly'], { privilege: 'OWN' }),
  ],
  [
    'a name with spaces and upper case',
    'ERROR:  permission denied for table Open Invoices\nLINE 1: select 1 from "Billing"."Open Invoices"',
    error('relation', ['Open Invoices', 'Open', 'open'], { privilege: 'SELECT', schemas: ['Billing'] }),
  ],
  [
    'a name that is no identifier',
    'ERROR:  permission denied for table 2026-invoices',
    error('relation', ['2026-invoices']),
  ],
  ['German', 'FEHLER:  keine Berechtigung für Tabelle invoices', error('relation', ['invoices'])],
  [
    'German, with its statement',
    'FEHLER:  keine Berechtigung für Sicht offene\nANWEISUNG:  SELECT * FROM billing.offene',
    error('relation', ['offene'], READ),
  ],
  [
    'German, a column',
    'FEHLER:  keine Berechtigung für Spalte »iban« von Relation »payments«',
    error('relation', ['payments'], { column: 'iban' }),
  ],
  [
    'German, an owner',
    'FEHLER:  Berechtigung nur für Eigentümer der materialisierten Sicht monthly',
    error('relation', ['monthly'], { privilege: 'OWN' }),
  ],
  [
    'German, the owner of a schema',
    'FEHLER:  Berechtigung nur für Eigentümer des Schemas billing',
    error('schema', ['billing'], { privilege: 'OWN' }),
  ],
  ['German, a database', 'FATAL:  keine Berechtigung für Datenbank »shop«', error('database', ['shop'])],
  ['French', 'ERREUR:  droit refusé pour la table invoices', error('relation', ['invoices'])],
  [
    'French, decomposed',
    'ERREUR:  droit refusé pour la séquence invoices_id_seq'.normalize('NFD'),
    error('sequence', ['invoices_id_seq']),
  ],
  [
    'French, a column',
    'ERREUR:  droit refusé pour la colonne « iban » de la relation « payments »',
    error('relation', ['payments'], { column: 'iban' }),
  ],
  [
    'French, an owner',
    'ERREUR:  doit être le propriétaire de la table invoices',
    error('relation', ['invoices'], { privilege: 'OWN' }),
  ],
  [
    'French, an owner as release 15 spells it',
    'ERREUR:  doit être le prorpriétaire de la procédure close_month',
    error('function', ['close_month'], { privilege: 'OWN' }),
  ],
  [
    'French, the owner of a schema',
    'ERREUR:  doit être le propriétaire du schéma billing',
    error('schema', ['billing'], { privilege: 'OWN' }),
  ],
  [
    'French, a materialized view',
    'ERREUR:  droit refusé pour la vue matérialisée mensuel',
    error('relation', ['mensuel']),
  ],
  [
    'nothing that a role is requested for',
    'ERROR:  must be owner of extension x',
    error('other', ['x'], { privilege: 'OWN' }),
  ],
  [
    'the first of several',
    'ERROR:  permission denied for table a\nERROR:  permission denied for table b',
    error('relation', ['a']),
  ],
  [
    'talk around it, and code marks',
    'hey, I get `permission denied for table invoices` when I run the report, can someone help?',
    error('relation', ['invoices']),
  ],
];

describe('an error that was pasted', () => {
  it.each(SHAPES)('%s', (_, text, wanted) => {
    expect(readWanted(text)).toEqual(wanted);
  });
});

const typed = (names: readonly string[], more: Partial<Wanted> = {}) => ({
  ...NOTHING,
  asked: 'name',
  kind: null,
  names,
  ...more,
});

describe('a name that was typed', () => {
  it.each([
    ['invoices', typed(['invoices'])],
    ['  Invoices; ', typed(['invoices', 'Invoices'])],
    ['billing.invoices', typed(['invoices'], { schemas: ['billing'] })],
    ['shop.billing.invoices', typed(['invoices'], { schemas: ['billing'], database: 'shop' })],
    ['"Billing"."In ""voices"', typed(['In "voices'], { schemas: ['Billing'] })],
    ['`billing.invoices`', typed(['invoices'], { schemas: ['billing'] })],
    ['“Open invoices”', typed(['Open invoices'])],
    ['table billing.invoices', typed(['invoices'], { kind: 'relation', schemas: ['billing'] })],
    [
      'billing.close_month(integer, text)',
      typed(['close_month'], { kind: 'function', schemas: ['billing'], args: 'integer, text' }),
    ],
    ['schema billing', typed(['billing'], { kind: 'schema' })],
    ['größe', typed(['größe'])],
  ])('%s', (text, wanted) => {
    expect(readWanted(text)).toEqual(wanted);
  });

  it.each([
    '',
    '   ',
    '2h',
    'fix order 7',
    'billing.',
    '.invoices',
    'a.b.c.d',
    '"unclosed',
    'ERROR:  relation "invoices" does not exist',
    'permission denied',
    'permission denied for ',
    'ERROR:  permission denied for column iban',
    'permission denied to set role "orders_read"',
    '!!!',
  ])('%j is none', (text) => {
    expect(readWanted(text)).toBeNull();
  });
});

describe('whatever somebody pastes', () => {
  const HOSTILE = [
    'permission denied for ',
    'permission denied for table ',
    'permission denied for table "',
    'must be owner of table "" ',
    '"',
    '""',
    '\\"',
    'a.',
    '.',
    '(',
    ' ',
    '\n',
    'from ',
    'from (',
    'insert into ',
    'copy x (',
    'create or replace ',
    '»',
    '`',
    'é',
    '\u0301',
    '😀',
    'doit être le propriétaire de la table « ',
  ];

  it.each(HOSTILE)('%j, again and again, takes no time', (piece) => {
    for (const end of ['', 'x', '"', 'permission denied for table invoices']) {
      const text = `${piece.repeat(Math.ceil(40_000 / piece.length)).slice(0, 40_000 - end.length)}${end}`;
      const began = performance.now();
      readWanted(text);
      // A hundred times what it takes, and a thousandth of what a pattern that goes back takes.
      expect(performance.now() - began).toBeLessThan(500);
    }
  });

  it('finds the error at the end of a long text, and nothing after what a message can hold', () => {
    const end = '\nERROR:  permission denied for table invoices';
    expect(readWanted(`${'at x.y(Z.java:1)\n'.repeat(2_000)}${end}`)?.names).toEqual(['invoices']);
    expect(readWanted(`${'x'.repeat(40_000)}${end}`)).toBeNull();
  });
});
