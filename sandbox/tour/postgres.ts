import { setTimeout as sleep } from 'node:timers/promises';
import type { Samples } from '../postgres/samples.js';
import type { Stage } from '../stage/stage.js';

type Login = keyof Samples['people'];
type On = 'shop' | 'vault';

export const ORDERS = 'select id from orders.orders';
export const PAYMENTS = 'select id from payments.payments';
export const KEYS = 'select id from keys.keys';

/** What the server itself says to this login. */
export async function reads(stage: Stage, login: Login, sql: string, on: On = 'shop'): Promise<string> {
  const rows = await stage.sqlAs(login, sql, on);
  if (rows.length === 0) throw new Error(`${login} read no rows`);
  return `${login} reads ${rows.length} rows`;
}

export async function isRefused(stage: Stage, login: Login, sql: string, on: On = 'shop'): Promise<string> {
  try {
    await stage.sqlAs(login, sql, on);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '42501') return error.message;
    throw error;
  }
  throw new Error(`${login} was not refused`);
}

/** Asks the server again and again until it refuses. @returns how long it took, milliseconds */
export async function untilRefused(
  stage: Stage,
  login: Login,
  sql: string,
  limitMs: number,
): Promise<number> {
  const began = performance.now();
  for (;;) {
    const refused = await isRefused(stage, login, sql).then(
      () => true,
      () => false,
    );
    const ms = Math.round(performance.now() - began);
    if (refused) return ms;
    if (ms > limitMs) throw new Error(`${login} still reads after ${ms} ms`);
    await sleep(20);
  }
}
