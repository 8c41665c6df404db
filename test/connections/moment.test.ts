import { describe, expect, test } from 'vitest';
import { startCluster } from '../../sandbox/postgres/cluster.js';
import { formatMoment, fromMicros, parseMoment, toMicros } from '../../src/connections/moment.js';
import { installedMajors } from '../support/majors.js';

describe('a moment that is kept', () => {
  test.each(['1795875398123456', '1795875398000000', '1795875398000001', '0', '999999'])(
    '%s microseconds are read back as they were',
    (micros) => {
      expect(parseMoment(formatMoment(micros))).toBe(micros);
    },
  );

  test('is text that people and earlier releases read', () => {
    expect(formatMoment('1795875398123456')).toBe('2026-11-28T14:16:38.123456Z');
  });

  test.each([
    ['2026-11-28 14:16:38.123456+00', '1795875398123456'],
    ['2026-11-28 19:46:38.1+05:30', '1795875398100000'],
    ['2026-11-28 14:16:38+00', '1795875398000000'],
    ['2026-11-28 07:16:38-07', '1795875398000000'],
  ])('%s, as an earlier release kept it, is read', (text, micros) => {
    expect(parseMoment(text)).toBe(micros);
  });

  test.each([
    '28/11/2026 19:46:38.1 IST',
    '11/28/2026 14:16:38 UTC',
    '28.11.2026 14:16:38 CET',
    'Sat 28 Nov 14:16:38 2026 UTC',
    '',
  ])('%s may mean several things, and is not guessed', (text) => {
    expect(parseMoment(text)).toBeNull();
  });
});

describe.each(installedMajors())('on Postgres $major', ({ binaries }) => {
  test('no microsecond is lost between a moment and its number, whatever the session has set', async () => {
    const cluster = await startCluster({ binaries });
    try {
      await cluster.query("ALTER DATABASE postgres SET DateStyle = 'SQL, DMY'");
      await cluster.query("ALTER DATABASE postgres SET TimeZone = 'Asia/Kolkata'");
      const lost = await cluster.query(
        `SELECT m.n FROM (SELECT n, timestamptz '2026-11-28 14:16:38+00' + n * interval '1 microsecond' AS at
                            FROM generate_series(0, 200000, 7) n) m
          WHERE ${fromMicros(toMicros('m.at'))} <> m.at OR ${toMicros('m.at')} <> 1795875398000000 + m.n`,
      );
      expect(lost).toEqual([]);
      const [row] = await cluster.query(
        `SELECT ${fromMicros('$1::bigint')} = timestamptz '2026-11-28 14:16:38.123456+00' AS same`,
        ['1795875398123456'],
      );
      expect(row).toEqual({ same: true });
    } finally {
      await cluster.close();
    }
  });
});
