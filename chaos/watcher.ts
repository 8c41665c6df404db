/**
 * Looks at the memberships of one server all the time, as its superuser and past every proxy: what is seen here is
 * what the server would have let people do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ServerAccess } from '../sandbox/postgres/server-access.js';

/** Between two looks, milliseconds. */
const EVERY_MS = 100;
/** A server that does not answer by then is looked at again, milliseconds. */
const ANSWER_MS = 5_000;

const MEMBERSHIPS = `
  SELECT m.roleid::regrole::text AS role, m.member::regrole::text AS login, m.grantor::regrole::text AS grantor
    FROM pg_auth_members m`;

interface Membership {
  readonly role: string;
  readonly login: string;
  readonly grantor: string;
}

/** One look; what it shows was so at some moment between the two, milliseconds since 1970. */
export interface Look {
  readonly asked: number;
  readonly answered: number;
}

/** A membership that is not permanent, for as long as every look showed it. */
export interface Stay extends Membership {
  readonly first: Look;
  readonly last: Look;
  /** The first look that did not show it any more; null while it is there. */
  readonly gone: Look | null;
}

export interface Watcher {
  readonly looks: readonly Look[];
  readonly stays: readonly Stay[];
  /** What was permanent and was not there when looked at. */
  readonly lost: readonly string[];
  readonly permanent: number;
  /** An administrator is about to grant this for good. @returns to be called when it is known to be done */
  expect(membership: Membership): () => void;
  /** Resolves after one more look. */
  again(): Promise<void>;
  close(): Promise<void>;
}

/** Begins to watch. What is there at the first look is permanent. */
export async function startWatcher(server: ServerAccess): Promise<Watcher> {
  const ending = new AbortController();
  const looks: Look[] = [];
  const lost = new Set<string>();
  const past: Stay[] = [];
  const present = new Map<string, Stay>();
  let client = await connect(server);
  const baseline = (await client.query<Membership>(MEMBERSHIPS)).rows.map(keyOf);
  const permanent = new Set(baseline);
  const known = new Set(baseline);

  function record(look: Look, rows: readonly Membership[]): void {
    looks.push(look);
    const seen = new Map(rows.map((row) => [keyOf(row), row]));
    for (const key of permanent) if (!seen.has(key)) lost.add(key);
    for (const [key, row] of seen) {
      if (known.has(key)) continue;
      present.set(key, { first: look, gone: null, ...row, ...present.get(key), last: look });
    }
    for (const [key, stay] of present) {
      if (seen.has(key)) continue;
      present.delete(key);
      past.push({ ...stay, gone: look });
    }
  }

  const watching = (async () => {
    while (!ending.signal.aborted) {
      try {
        const asked = Date.now();
        const { rows } = await client.query<Membership>(MEMBERSHIPS);
        record({ asked, answered: Date.now() }, rows);
      } catch {
        await client.end().catch(() => undefined);
        client = await connect(server).catch(() => client);
      }
      await sleep(EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
    await client.end().catch(() => undefined);
  })();

  return {
    looks,
    get stays() {
      return [...past, ...present.values()];
    },
    get lost() {
      return [...lost];
    },
    get permanent() {
      return permanent.size;
    },
    expect: (membership) => {
      known.add(keyOf(membership));
      return () => void permanent.add(keyOf(membership));
    },
    again: async () => {
      const asked = Date.now();
      while ((looks.at(-1)?.asked ?? 0) < asked) await sleep(EVERY_MS);
    },
    close: async () => {
      ending.abort();
      await watching;
    },
  };
}

async function connect(server: ServerAccess): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: server.url,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  // The look that is under way fails, and is made again.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function keyOf({ role, login, grantor }: Membership): string {
  return `${role} to ${login} by ${grantor}`;
}
