/** Runs a script that was written for psql, which a machine with the demo need not have. */
import pg from 'pg';
import type { ServerAccess } from './server-access.js';

/** A command of psql's own: at the start of a line, or after a query that it ends. */
const COMMAND = /^(?<query>|[^\\]* )\\(?<name>\w+) ?(?<argument>.*)$/;

/**
 * Runs it as superuser. Of psql's own commands it knows `\set ON_ERROR_STOP on`, `\connect`, `\gset` and `\if`, not
 * nested.
 * @throws Error at any other, at the first statement that fails, and at a WARNING: something was left out then.
 */
export async function runScript(server: ServerAccess, script: string): Promise<void> {
  const variables = new Map<string, unknown>();
  let session = await open(server, server.database);
  let sql = '';
  const branch = { open: false, skipped: false };

  const flush = async (): Promise<Readonly<Record<string, unknown>>> => {
    const statements = sql;
    sql = '';
    return session.send(statements);
  };
  const commands: Readonly<Record<string, (argument: string) => Promise<void> | void>> = {
    set: (argument) => {
      if (argument !== 'ON_ERROR_STOP on') throw new Error(`A setting that is not known here: ${argument}`);
    },
    connect: async (database) => {
      await flush();
      await session.end();
      session = await open(server, database);
    },
    gset: async () => {
      for (const [name, value] of Object.entries(await flush())) variables.set(`:${name}`, value);
    },
    if: (variable) => {
      if (branch.open || !variables.has(variable))
        throw new Error(`An \\if that is not known here: ${variable}`);
      Object.assign(branch, { open: true, skipped: variables.get(variable) !== true });
    },
    endif: async () => {
      await flush();
      Object.assign(branch, { open: false, skipped: false });
    },
  };

  try {
    for (const line of script.split('\n')) {
      const { query, name, argument } = (!isComment(line) && COMMAND.exec(line)?.groups) || {};
      const command = name === undefined ? undefined : commands[name];
      if (name !== undefined && command === undefined) throw new Error(`Not known here: ${line}`);
      if (branch.skipped && name !== 'endif') continue;
      sql += command ? query : `${line}\n`;
      await command?.(argument ?? '');
    }
    await flush();
  } finally {
    await session.end();
  }
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith('--');
}

interface Session {
  /** @returns the first row of the last statement; nothing when it has none. */
  send(sql: string): Promise<Readonly<Record<string, unknown>>>;
  end(): Promise<void>;
}

async function open({ urlFor }: ServerAccess, database: string): Promise<Session> {
  const client = new pg.Client({ connectionString: urlFor({ database }) });
  const warnings: string[] = [];
  client.on('notice', ({ severity, message }) => {
    if (severity === 'WARNING') warnings.push(message ?? '');
  });
  await client.connect();
  return {
    async send(sql) {
      const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql);
      if (warnings.length > 0) throw new Error(`The script warns: ${warnings.join('; ')}`);
      return [result].flat().at(-1)?.rows[0] ?? {};
    },
    end: () => client.end(),
  };
}
