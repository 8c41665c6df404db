/**
 * Defaults that anyone who may ALTER ROLE or ALTER DATABASE can set for Hallpass's next sessions. Hallpass sets what it relies
 * on at connect, so none of them excuses anything.
 */
import type { ServerAccess } from '../../sandbox/postgres/server-access.js';
import type { Random } from '../random.js';
import type { Begun, Fault } from './fault.js';

/** By the name of the setting. All are known to Postgres 14; a role is made where one is named. */
const HOSTILE: Readonly<Record<string, string>> = {
  DateStyle: "'SQL, DMY'",
  IntervalStyle: 'sql_standard',
  TimeZone: "'Asia/Kolkata'",
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  search_path: 'nowhere',
  client_encoding: 'latin1',
  statement_timeout: "'1ms'",
  lock_timeout: "'1ms'",
  idle_session_timeout: "'1ms'",
  idle_in_transaction_session_timeout: "'1ms'",
  row_security: 'off',
  synchronous_commit: 'off',
  session_replication_role: 'replica',
  default_transaction_isolation: 'serializable',
  default_transaction_read_only: 'on',
  default_transaction_deferrable: 'on',
  check_function_bodies: 'off',
  quote_all_identifiers: 'on',
  client_min_messages: 'error',
};

/** What only a superuser may set, also back: no login of ours can help it, and the ledger's triggers rest on it. */
const NOT_ON_LEDGER = new Set(['session_replication_role']);

interface Place {
  readonly name: string;
  readonly server: ServerAccess;
  /** Hallpass's login there, and the databases in which it works. */
  readonly login: string;
  readonly databases: readonly string[];
}

/** One at a time, or all at once. */
export function settingFaults(places: readonly Place[]): readonly (readonly Fault[])[] {
  const each = (name: string, choose: (random: Random, all: readonly string[]) => readonly string[]) =>
    places.map((place) => {
      const all = Object.keys(HOSTILE).filter(
        (setting) => place.name !== 'ledger' || !NOT_ON_LEDGER.has(setting),
      );
      return {
        name,
        place: place.name,
        lasts: [5_000, 15_000] as const,
        excuses: 'none',
        begin: (random: Random) => spoil(place, choose(random, all), random),
      };
    });
  return [
    each('a hostile default', (random, all) => [random.pick(all)]),
    each('every default is hostile', (_, all) => all),
  ];
}

async function spoil(place: Place, settings: readonly string[], random: Random): Promise<Begun> {
  const { server, login, databases } = place;
  const onRole = random.chance(0.5);
  const where = onRole ? [`ROLE ${login}`] : databases.map((database) => `DATABASE ${database}`);
  const alter = async (change: (setting: string) => string) => {
    for (const what of where) {
      await untilDone(() =>
        server.query(settings.map((setting) => `ALTER ${what} ${change(setting)}`).join(';')),
      );
    }
    // Those that are connected have the defaults of before.
    await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [login]);
  };
  await alter((setting) => `SET ${setting} = ${HOSTILE[setting]}`);
  return {
    what: `${settings.length === 1 ? `${settings[0]} = ${HOSTILE[settings[0] ?? '']}` : 'all'} on the ${onRole ? 'role' : 'database'}`,
    heal: () => alter((setting) => `RESET ${setting}`),
  };
}

/** Hallpass alters its own role, too: of two who do so at once, one fails with "tuple concurrently updated". */
async function untilDone(alter: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await alter();
      return;
    } catch (thrown) {
      if (!String(thrown).includes('tuple concurrently')) throw thrown;
    }
  }
}
