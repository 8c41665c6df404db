/** Redis as it stands in a company: with passwords, by TLS, and with another one that takes its place. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { postgres, uniqueName } from '../support/postgres.js';
import { describeOwnRedis } from '../support/redis.js';
import { folder, type Secured, secure, startSentinel, startServer } from '../support/sentinel.js';
import { waitFor } from '../support/wait-for.js';
import { openAlarms } from './open-alarms.js';

const PASSWORD = 'sesame@/%';
const CREDENTIALS = `:${encodeURIComponent(PASSWORD)}@`;

function alarmsOn(redisUrl: string) {
  return openAlarms({ redisUrl, databaseUrl: postgres.url, prefix: uniqueName('test') });
}

/** The query that names the files. */
function files({ authority, server }: Secured): string {
  return `ca=${authority.cert}&cert=${server.cert}&key=${server.key}`;
}

describeOwnRedis('by TLS', () => {
  test('with a password and an authority of its own, by name and by address', async () => {
    const secured = secure(folder());
    const { port } = await startServer({ requirepass: PASSWORD }, secured);
    for (const host of ['localhost', '127.0.0.1']) {
      const alarms = await alarmsOn(`rediss://${CREDENTIALS}${host}:${port}/2?${files(secured)}`);
      alarms.arm('shop', 0);
      await alarms.rang('shop');
    }
  });

  test.each([
    ['an authority that nobody knows', (_: Secured) => '', CREDENTIALS, /self.signed certificate/],
    [
      'no certificate of the client',
      ({ authority }: Secured) => `?ca=${authority.cert}`,
      CREDENTIALS,
      /certificate required|ECONNRESET/,
    ],
    ['a wrong password', (secured: Secured) => `?${files(secured)}`, ':sesame@', /WRONGPASS/],
  ])('%s: what is wrong is logged, and no password', async (_, query, credentials, says) => {
    const secured = secure(folder());
    const { port } = await startServer({ requirepass: PASSWORD }, secured);
    const alarms = await alarmsOn(`rediss://${credentials}127.0.0.1:${port}${query(secured)}`);
    alarms.arm('shop', 0);
    await waitFor(() => alarms.log.some((line) => says.test(line)), { what: 'the reason' });
    expect(alarms.log.join('\n')).not.toContain('sesame');
    expect(alarms.rung).toEqual([]);
  });

  test('what is closed in the midst of a handshake that fails ends no process', async () => {
    const { port } = await startServer({}, secure(folder()));
    for (const ms of [0, 10, 20, 40]) {
      const alarms = await alarmsOn(`rediss://127.0.0.1:${port}`);
      alarms.arm('shop', 0);
      await sleep(ms);
      await alarms.close();
    }
  });
});

describeOwnRedis('by Sentinel', () => {
  test.each([
    ['a master that is killed', 'SIGKILL', false],
    ['by TLS and with passwords, one that falls silent', 'SIGSTOP', true],
  ] as const)('%s: alarms ring on, and those that were set before', async (_, signal, isSecured) => {
    const secured = isSecured ? secure(folder()) : null;
    const passwords = isSecured ? { redis: PASSWORD, sentinel: 'open@/%' } : null;
    const sentinel = await startSentinel(passwords, secured);
    const more = `?sentinel_password=${encodeURIComponent(passwords?.sentinel ?? '')}&${secured ? files(secured) : ''}`;
    // The first one named is not there.
    const hosts = `127.0.0.1:1,127.0.0.1:${sentinel.port}`;
    const alarms = await alarmsOn(
      secured ? `rediss+sentinel://${CREDENTIALS}${hosts}/main${more}` : `redis+sentinel://${hosts}/main`,
    );
    alarms.arm('before', 0);
    await alarms.rang('before');
    const first = await sentinel.masterPort();

    alarms.arm('meanwhile', 4_000);
    await waitFor(async () => (await sentinel.replicated('*:delayed')).length === 1, { what: 'the job' });
    const goneAt = performance.now();
    sentinel.signalMaster(signal);
    await waitFor(async () => (await sentinel.masterPort()) !== first, { what: 'another master' });
    alarms.arm('after', 0);
    await alarms.rang('after');
    // By then each target was looked at by the plain timer at the latest; tenfold: the machine may be slow.
    expect(performance.now() - goneAt).toBeLessThan(10 * 15_000);
    await alarms.rang('meanwhile');
    expect(alarms.log.join('\n')).not.toMatch(/sesame|open@/);
  });

  test('closes in time while no Sentinel answers', async () => {
    const alarms = await alarmsOn(`redis+sentinel://${CREDENTIALS}127.0.0.1:1/main`);
    alarms.arm('shop', 0);
    await waitFor(() => alarms.log.some((line) => line.includes("can't be received")), {
      what: 'the outage',
    });
    const begun = performance.now();
    await alarms.close();
    expect(performance.now() - begun).toBeLessThan(50_000);
    alarms.arm('shop', 0);
    expect(alarms.log.join('\n')).not.toContain('sesame');
  });
});
