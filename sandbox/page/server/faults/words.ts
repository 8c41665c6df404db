/** What is said of what a fault meets. */
import { runSql } from '../../../postgres/server-access.js';

/** What is granted and stays so meanwhile, in a line. @param target null: on each of them */
export async function standing(url: string, target: string | null): Promise<readonly string[]> {
  const rows = await runSql<{ line: string }>(
    url,
    `select 'R-' || id || ' (' || login || ': ' || role || ' on ' || target || ')' as line from requests
       where state in ('active', 'ending') and ($1::text is null or target = $1) order by id`,
    [target],
  ).catch(() => null);
  if (rows === null) return [];
  if (rows.length === 0) return ['No grant is out there.'];
  const named = rows.slice(0, 3).map(({ line }) => line);
  const more = rows.length - named.length;
  return [`Still out: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`];
}

/** What an error says: its first line and, where a log follows, the end of that. */
export function firstWords(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const [first = 'It did not say why.', ...log] = lines;
  const end = log.map(wordsOfLog).findLast((line) => line !== null);
  return end === undefined || end === null ? first : `${first} ${end}`;
}

/** Of a line that may be JSON, as Hallpass logs; null: nothing for people. */
function wordsOfLog(line: string): string | null {
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === 'object' && said !== null && 'msg' in said ? String(said.msg) : null;
  } catch {
    return line;
  }
}
