import type { SessionSettings } from './settings.js';

/** Session settings that a connection URL may hold; the driver would let them outrank ours. */
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
 * Moves what the URL says about the session into the settings: its `options` come before ours. A search path in them
 * stays, because it says where the ledger's tables are.
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
