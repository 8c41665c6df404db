/**
 * Runs a script for psql where psql may be missing: of its commands those that `hallpass setup-sql` prints, \set,
 * \connect, \gset, \if and \endif. Strict: any other is an error.
 */
import type { ServerAccess } from './server-access.js';

export async function runScript(server: ServerAccess, script: string): Promise<void> {
  let database = 'postgres';
  let wanted = true;
  let answer = false;
  let sql: string[] = [];

  async function flush(): Promise<Record<string, unknown>[]> {
    const text = sql.join('\n');
    sql = [];
    return wanted && /^\s*[^\s-]/m.test(text) ? server.query(text, [], database) : [];
  }

  for (const line of script.split('\n')) {
    // A query whose answer \gset wants stands alone.
    if (line.startsWith('SELECT EXISTS (')) await flush();
    if (line.endsWith('\\gset')) {
      sql.push(line.slice(0, -'\\gset'.length));
      const [row] = await flush();
      answer = row?.wanted === true;
    } else if (line.startsWith('\\')) {
      await flush();
      const [command, argument = ''] = line.split(' ');
      if (command === '\\connect' && /^\w+$/.test(argument)) database = argument;
      else if (line === '\\if :wanted') wanted = answer;
      else if (line === '\\endif') wanted = true;
      else if (command !== '\\set') throw new Error(`not understood in the script: ${line}`);
    } else sql.push(line);
  }
  await flush();
}
