import type { SessionSettings } from './settings.js';

/** What a connection URL may say of a session; the driver would let it outrank what we set. */
const OUTRANKING = [
  'options',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'query_timeout',
];

/** As `options` write it: a space in a value follows a backslash. */
const SEARCH_PATH = /(?:-c\s*|--)search[_-]path=((?:\\.|[^\s\\])+)/;

/**
 * The URL without what it says of a session, and the settings in which that has its place: `options` of the URL come
 * before ours. A search path that it names stands, because it says where the ledger's tables are.
 */
export function readUrl(
  url: string,
  settings: SessionSettings,
): { readonly connectionString: string; readonly settings: SessionSettings } {
  const parsed = new URL(url);
  const options = parsed.searchParams.get('options') ?? '';
  if (!OUTRANKING.some((name) => parsed.searchParams.has(name))) {
    return { connectionString: url, settings };
  }
  for (const name of OUTRANKING) parsed.searchParams.delete(name);
  const path = SEARCH_PATH.exec(options)?.[1]?.replace(/\\(.)/g, '$1');
  return {
    connectionString: parsed.href,
    settings: {
      ...settings,
      options,
      own: path === undefined ? settings.own : { ...settings.own, search_path: path },
    },
  };
}
