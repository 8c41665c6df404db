/** Why the ledger can't be reached is told as it is of a target, by the same table; with what its URLs call it. */
import { expect, onTestFinished, test } from 'vitest';
import { viewLedger } from '../../src/access/check/ledger.js';
import { connectLedger, createPool } from '../../src/ledger/pool.js';
import { aLedger } from './a-ledger.js';

const ledger = await aLedger();

function changed(change: (url: URL) => void): string {
  const url = new URL(ledger.databaseUrl);
  change(url);
  return url.href;
}

test.each([
  [
    'another password',
    (url: URL) => {
      url.password = 'wrong';
    },
    /^The ledger’s server \(.*:\d+\) refuses the password of the login /,
    /PASSWORD '…' VALID UNTIL 'infinity'/,
  ],
  [
    'a port where nothing listens',
    (url: URL) => {
      url.port = '1';
    },
    /^The connection to the ledger’s server \(.*:1\) is refused: nothing listens there/,
    /the server is down, the port is another/,
  ],
  [
    'a database that is not there',
    (url: URL) => {
      url.pathname = '/nowhere';
    },
    /^There is no database nowhere on the ledger’s server/,
    /^Name another database in DATABASE_URL/,
  ],
  [
    'TLS that it does not have',
    (url: URL) => {
      url.searchParams.set('sslmode', 'verify-full');
    },
    /^The ledger’s server \(.*\) has no TLS/,
    /ssl = on.*sslmode=disable/,
  ],
  [
    'a host that is not there',
    (url: URL) => {
      url.hostname = 'nowhere.invalid';
    },
    /nowhere\.invalid/,
    /DNS/,
  ],
])('%s', async (_, change, says, helps) => {
  const url = changed(change);
  const told = {
    message: expect.stringMatching(says),
    nextStep: expect.stringMatching(helps),
    // Nothing that is owed is given up because of it.
    passing: true,
  };
  const db = createPool(url, () => undefined);
  onTestFinished(() => db.end());
  await expect(db.query('select 1')).rejects.toMatchObject(told);
  await expect(connectLedger(url)).rejects.toMatchObject(told);
  expect(await viewLedger(db)).toMatchObject({ why: 'refused', error: told });
});
