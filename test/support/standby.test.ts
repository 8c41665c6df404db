import { describe, expect, onTestFinished, test } from 'vitest';
import { startCluster } from '../../sandbox/postgres/cluster.js';
import { installedMajors } from './majors.js';
import { startStandby } from './standby.js';

describe.each(installedMajors())('a standby of Postgres $major', ({ binaries }) => {
  test('follows its primary, refuses to write, and takes over when it is promoted', async () => {
    const primary = await startCluster({ binaries, settings: { max_connections: '150' } });
    onTestFinished(() => primary.close());
    await primary.query('CREATE TABLE before (n int)');
    const standby = await startStandby(primary);
    onTestFinished(() => standby.stop());

    await primary.query('CREATE TABLE after (n int)');
    await standby.catchUp();
    expect(await standby.query('SELECT FROM before, after')).toEqual([]);
    await expect(standby.query('INSERT INTO after VALUES (1)')).rejects.toMatchObject({ code: '25006' });

    await primary.kill();
    await standby.promote();
    expect(await standby.query('INSERT INTO after VALUES (1) RETURNING n')).toEqual([{ n: 1 }]);
  });
});
