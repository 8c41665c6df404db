/** Who uses what is granted, on a server and its standbys together. */
import type { Send, TargetConnection } from '../connect.js';
import { type HoldingLogin, type OpenSessions, readInUse, type SeenInUse } from '../sessions/in-use.js';

export interface InUse {
  /** Which servers were seen, if all were: the system_identifier, and a text that names them all. */
  readonly whole: { readonly server: string; readonly names: string } | null;
  /** By the OID of the login; none for a login without a session. */
  readonly open: ReadonlyMap<number, OpenSessions>;
}

interface NamedStandby {
  readonly name: string;
  readonly connection: TargetConnection;
}

/** @throws TargetError when the server itself can't be asked; a standby that can't is left out, and the look isn't whole. */
export async function lookInUse(
  readPrimary: (read: (send: Send) => Promise<SeenInUse>) => Promise<SeenInUse>,
  standbys: readonly NamedStandby[],
  logins: readonly HoldingLogin[],
): Promise<InUse> {
  const read = (send: Send) => readInUse(send, logins);
  const [primary, ...others] = await Promise.all([
    readPrimary(read),
    ...standbys.map(({ connection }) => connection.read(read).catch(() => null)),
  ]);
  const { server } = primary;
  const isWhole =
    !primary.inRecovery &&
    [primary, ...others].every((seen) => seen !== null && seen.server === server && seen.isVisible);
  const names = [server, ...standbys.map(({ name }) => name)].join(' | ');
  return {
    whole: isWhole ? { server, names } : null,
    open: sumOf([primary, ...others].flatMap((seen) => (seen?.server === server ? [seen.open] : []))),
  };
}

/** The sessions of each login on all servers. */
function sumOf(all: readonly SeenInUse['open'][]): InUse['open'] {
  const sum = new Map<number, OpenSessions>();
  for (const [oid, more] of all.flatMap((one) => [...one])) {
    const { sessions = 0, inTransaction = 0, oldestMs = null } = sum.get(oid) ?? {};
    sum.set(oid, {
      sessions: sessions + more.sessions,
      inTransaction: inTransaction + more.inTransaction,
      oldestMs: more.oldestMs === null ? oldestMs : Math.max(more.oldestMs, oldestMs ?? 0),
    });
  }
  return sum;
}
