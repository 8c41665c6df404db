/**
 * Connections for looking around, one per database. A server has few to give, and may limit Hallpass's login: looking
 * must never take the connection by which roles are revoked. So at most three are open at a time, and the one unused
 * for longest makes room.
 */
import type { Send, TargetConnection } from '../connect.js';

const MAX_OPEN = 3;

export interface Connections {
  /**
   * Waits for its turn, then reads as TargetConnection does.
   * @throws TargetError
   */
  read<T>(database: string, read: (send: Send) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function createConnections(connectTo: (database: string) => TargetConnection): Connections {
  /** Used longest ago first: a Map keeps the order of insertion. */
  const open = new Map<string, { readonly connection: TargetConnection; readers: number }>();
  const waiting: (() => void)[] = [];
  let reading = 0;

  async function enter(): Promise<void> {
    if (reading === MAX_OPEN) await new Promise<void>((resolve) => waiting.push(resolve));
    else reading += 1;
  }

  /** The one that has waited longest gets the place directly, so that none slips in between. */
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) reading -= 1;
    else next();
  }

  async function makeRoom(): Promise<void> {
    if (open.size <= MAX_OPEN) return;
    const [unused] = [...open].filter(([, { readers }]) => readers === 0);
    if (unused === undefined) return;
    const [database, { connection }] = unused;
    open.delete(database);
    await connection.close();
  }

  return {
    async read(database, read) {
      await enter();
      const used = open.get(database) ?? { connection: connectTo(database), readers: 0 };
      open.delete(database);
      open.set(database, used);
      used.readers += 1;
      try {
        await makeRoom();
        return await used.connection.read(read);
      } finally {
        used.readers -= 1;
        leave();
      }
    },

    async close() {
      await Promise.all([...open.values()].map(({ connection }) => connection.close()));
    },
  };
}
