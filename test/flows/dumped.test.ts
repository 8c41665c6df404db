/** A target moves to a newer major by pg_dumpall: other OIDs, another identifier, and perhaps no membership of ours. */
import { execFileSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../sandbox/postgres/cluster.js';
import { startProxy, type TcpProxy } from '../../sandbox/postgres/proxy.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { card, click, told } from '../../sandbox/stage/people.js';
import { granted } from '../support/access.js';
import { runHallpass } from '../support/commands.js';
import { binariesOf } from '../support/majors.js';
import { operatorsHear } from '../support/messages.js';
import { describeWith, programPath } from '../support/program.js';
import { approved, inLedger, LONG, obtain } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const binaries = binariesOf(15);
const describeMove = binaries === null ? null : describeWith('pg_dumpall', 'psql');
if (binaries === null) test.skip('from 15 to 18');

describeMove?.('from 15 to 18', async () => {
  const to = { host: '127.0.0.1', port: 0 };
  let proxy: TcpProxy | null = null;
  const stage = await openStage({
    servers: { ...(binaries !== null && { binaries }) },
    between: async (_, server) => {
      to.port = server.port;
      proxy = await startProxy(to);
      return { host: to.host, port: proxy.port };
    },
  });
  const { slack, server, samples } = stage;
  await stage.startHallpass();
  const newer = await startCluster({ name: 'newer' });
  afterAll(() => newer.close());

  const reads = (login: 'ana' | 'ben') =>
    runSql(newer.urlFor({ ...samples.people[login], database: 'shop' }), 'select id from orders.orders').then(
      () => true,
      () => false,
    );

  test('what came with the dump is revoked on the new server by an operator’s word', async () => {
    const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
    restore(dump(server), newer);
    expect(await granted({ server: newer })).toEqual(['orders_read ana']);
    expect(await reads('ana')).toBe(true);

    await server.stop();
    to.port = newer.port;
    await operatorsHear(stage, new RegExp(`${id} still stands on the server that answers`));
    const waiting = await approved(stage, 'ben', { role: 'orders_read', ...LONG });
    await card(slack, waiting, /not granted yet[\s\S]*another server/);
    expect(await granted({ server: newer })).toEqual(['orders_read ana']);

    const done = await runHallpass(stage, ['recover', '--replaced', 'shop', '--because', '18', '--yes']);
    expect(done.said).toContain(`${id} (orders_read to ana): revoked on the new server, and closed`);
    expect(done.code).toBe(0);
    expect(await reads('ana')).toBe(false);
    expect(await inLedger(stage, id)).toMatchObject({ state: 'ended' });
    await click(slack, 'ben', await told(slack, 'ben', waiting, /psql/), 'Relinquish');
    await told(slack, 'ben', waiting, /Ended: relinquished by you/);
    expect(await granted({ server: newer })).toEqual([]);
  });
});

function dump(from: Cluster): string {
  return execFileSync(programPath('pg_dumpall'), ['--dbname', from.urlFor(from)], {
    // For the databases, to which it connects without the password of the URL.
    env: { ...process.env, PGPASSWORD: from.password },
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
}

/** Twice, past what is there already: a dump by 15 may have a membership before what its grantor needs for it. */
function restore(sql: string, into: Cluster): void {
  for (const _ of [1, 2]) {
    execFileSync(programPath('psql'), ['--no-psqlrc', '--quiet', '--dbname', into.urlFor(into)], {
      input: sql.replace(/^ALTER ROLE postgres .*$/m, ''),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }
}
