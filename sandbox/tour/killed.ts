import { setTimeout as sleep } from 'node:timers/promises';
import { told } from '../stage/people.js';
import type { HallpassProcess } from '../stage/process.js';
import type { Stage } from '../stage/stage.js';
import { turnGuardedClock } from './clock.js';
import { isRefused, KEYS, ORDERS, reads, untilRefused } from './postgres.js';
import type { Report } from './report.js';
import { headline, LIMIT_MS, obtain } from './story.js';
import { WORDS } from './words.js';

const DURATION = '5 seconds';

/** Hallpass dies with two grants out: a direct target waits for it, a guarded one does not. */
export async function killHallpass(stage: Stage, hallpass: HallpassProcess, report: Report): Promise<void> {
  const { slack } = stage;
  report.say(`\n${WORDS.killed} with two grants out: on Shop, and on Vault, which is a guarded target`);
  const [vault, shop] = await report.step(
    'two-out',
    'Ana is granted vault_read and orders_read, each for 5 s',
    async () => {
      const guarded = await obtain(stage, { target: 'vault', role: 'vault_read', duration: DURATION });
      return [guarded, await obtain(stage, { role: 'orders_read', duration: DURATION })] as const;
    },
  );
  await report.step('killed', 'kill -9 with both out; nobody runs now', async () => {
    await hallpass.kill();
    return `${await reads(stage, 'ana', ORDERS)} of Shop, ${await reads(stage, 'ana', KEYS, 'vault')} of Vault`;
  });
  await report.step('still-reads', 'A second past the expiry, with Hallpass dead, on Shop', async () => {
    await sleep(Math.max(0, shop.expiresAt + 1_000 - Date.now()));
    return `${await reads(stage, 'ana', ORDERS)}: nothing takes it away there while Hallpass is down`;
  });
  await report.step(
    'backstop',
    'Vault keeps an expiry of its own, a minute later; instead of waiting, the tour moves it a minute forward',
    () => letAMinutePass(stage),
  );
  await report.step(
    'reap',
    'Cron runs `hallpass reap vault`, which needs no Hallpass and no ledger',
    async () => {
      const [, ...rows] = (await stage.run('reap', 'vault')).split('\n');
      if (!rows.some((row) => row.startsWith(vault.id))) throw new Error(`not revoked: ${rows.join('; ')}`);
      return rows.join('; ').replaceAll(/ +/g, ' ');
    },
  );
  await report.step('guarded-refused', 'Vault refuses, with Hallpass dead', () =>
    isRefused(stage, 'ana', KEYS, 'vault'),
  );
  await report.step('restart', WORDS.restart, async () => {
    const began = performance.now();
    const gone = untilRefused(stage, 'ana', ORDERS, LIMIT_MS);
    await Promise.all([stage.startHallpass(), gone]);
    return `Shop refuses ${await gone} ms after the start, ready after ${Math.round(performance.now() - began)} ms`;
  });
  await report.step('both-told', 'Ana is told of both', async () => {
    const said = [];
    for (const [name, { id }] of Object.entries({ Shop: shop, Vault: vault })) {
      said.push(`${name}: ${headline(await told(slack, 'ana', id, /Ended: its time was up/))}`);
    }
    return said.join('; ');
  });
}

async function letAMinutePass({ vault }: Stage): Promise<string> {
  const due = vault === null ? [] : await turnGuardedClock(vault, '1 minute');
  if (due.length !== 1 || !due[0]) throw new Error('the grant is not due on the server');
  return 'it is due';
}
