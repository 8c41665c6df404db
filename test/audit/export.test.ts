/** What is exported is verified by what docs/audit.md says, without the ledger; and harms no spreadsheet. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportEvents } from '../../src/access/audit/export.js';
import { parseMoment } from '../../src/commands/shared/moment.js';
import { headName } from '../../src/domain/audit/audit-chain.js';
import { readHead } from '../../src/ledger/audit/audit-chain.js';
import { insertEvent } from '../../src/ledger/audit/insert-event.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { aWish } from '../ledger/a-ledger.js';
import { spawnChild } from '../support/child.js';
import { parseCsv } from '../support/csv.js';
import { audit } from './command.js';
import { addEvents, anAuditedLedger } from './ledger.js';

const { db, owner, databaseUrl } = await anAuditedLedger();
const env = { DATABASE_URL: databaseUrl };
const CLI = join(import.meta.dirname, '../../dist/cli.js');
const docs = await readFile(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
const block = (language: string, has: string) =>
  [...docs.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))]
    .map((m) => m[1] ?? '')
    .find((code) => code.includes(has)) ?? '';

const HOSTILE = [
  '=HYPERLINK("https://evil.example","ok")',
  '+1',
  '-1',
  '@SUM(1)',
  '\t=1',
  '\r\n=1',
  '＝1',
  '\u200b=1',
  'a"b,c;d\n"e',
  '\u{1F600} \u2028 \\ \u0001 <!channel>',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallpass-audit-'));
  await writeFile(join(folder, 'check.mjs'), block('js', 'createHash'));
  for (const text of HOSTILE)
    await insertEvent(db, null, { kind: text, actor: text, data: { reason: text, [text]: [text] } });
  await addEvents(db, 1_200);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function shell(command: string) {
  const child = spawnChild('/bin/sh', ['-c', `cd ${folder} && ${command}`]);
  const { code } = await child.ended;
  return { code, said: child.lines.join('\n') };
}

async function exported(...args: string[]): Promise<readonly string[]> {
  const { code, said } = await audit(['export', ...args], env);
  expect(code).toBe(0);
  return said.split('\n').filter((line) => line !== '');
}

describe('export --format jsonl', () => {
  it('is verified by the commands of docs/audit.md, which find what was changed, and what is missing', async () => {
    const lines = await exported();
    expect(lines).toHaveLength(HOSTILE.length + 1_200);
    const save = (what: readonly string[]) => writeFile(join(folder, 'audit.jsonl'), `${what.join('\n')}\n`);
    const check = () => shell('node check.mjs < audit.jsonl');
    await save(lines);
    expect(await check()).toEqual({ code: 0, said: `whole, up to ${headName(await readHead(db))}` });
    const one = await shell(block('sh', 'sha256sum'));
    expect(one.said).toContain(JSON.parse(lines[0] ?? '').hash);

    await save(lines.toSpliced(3, 1));
    expect(await check()).toMatchObject({ code: 1, said: expect.stringContaining('seq 5 is not') });
    await save(lines.toSpliced(3, 1, (lines[3] ?? '').replace('SUM', 'MAX')));
    expect(await check()).toMatchObject({ code: 1, said: expect.stringContaining('seq 4 is not') });
    await save(lines.slice(100));
    expect(await check()).toMatchObject({ code: 0 });
  });

  it('holds the events of a time, without a gap', async () => {
    await owner.query(
      `update events set at = timestamptz '2026-03-05 10:00:00Z' + id * interval '1 hour' where id <= 48`,
    );
    await owner.query(`update events set at = '2026-03-01' where id = 20`);
    const seqs = async (since: string | null, until: string | null) => {
      const found: number[] = [];
      const at = (text: string | null) => (text === null ? null : new Date(text));
      for await (const { seq } of exportEvents(db, at(since), at(until))) found.push(seq);
      return found;
    };
    const between = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, i) => first + i);
    expect(await seqs('2026-03-06', '2026-03-07')).toEqual(between(14, 37));
    expect(await seqs('2026-03-06T00:00:00.001Z', null)).toEqual(between(15, HOSTILE.length + 1_200));
    expect(await seqs(null, '2026-03-05T12:30Z')).toEqual(between(1, 20));
    expect(await seqs('2026-04-01', '2026-04-02')).toEqual([]);
    const asCommand = await exported('--since', '2026-03-06', '--until', '2026-03-07');
    expect(asCommand.map((line) => JSON.parse(line).seq)).toEqual(between(14, 37));
  });

  it('takes a time as people write it', () => {
    const now = new Date('2026-11-21T10:00:00Z');
    const moment = (text: string) => parseMoment(text, now, '--since').toISOString();
    expect(moment('2026-11-01')).toBe('2026-11-01T00:00:00.000Z');
    expect(moment('2026-11-01T09:30')).toBe('2026-11-01T09:30:00.000Z');
    expect(moment(' 2026-11-01 09:30:15.5+01:00')).toBe('2026-11-01T08:30:15.500Z');
    expect(moment('2026-11-01t09:30z')).toBe('2026-11-01T09:30:00.000Z');
    expect(moment('1d12h')).toBe('2026-11-19T22:00:00.000Z');
    for (const wrong of [
      'yesterday',
      '2026-02-30',
      '2026-13-01',
      '2026-03-06T25:00',
      '-1d',
      '',
      '1e9',
      '2026',
    ]) {
      expect(() => moment(wrong), wrong).toThrow('is no time');
    }
  });

  it('ends when nobody reads on', async () => {
    const child = spawnChild('/bin/sh', ['-c', `"${process.execPath}" ${CLI} audit export | head -n 1`], env);
    await child.ended;
    expect(child.lines).toHaveLength(1);
  });
});

describe('export --format csv', () => {
  it('verifies too, keeps every hostile text, and has no cell that is a formula', async () => {
    const child = spawnChild(
      '/bin/sh',
      ['-c', `"${process.execPath}" ${CLI} audit export --format csv > ${folder}/audit.csv`],
      env,
    );
    expect((await child.ended).code).toBe(0);
    const [head, ...rows] = parseCsv(await readFile(join(folder, 'audit.csv'), 'utf8'));
    expect(head?.slice(0, 8)).toEqual(['seq', 'hash', 'previous', 'at', 'request', 'kind', 'actor', 'text']);
    expect(rows).toHaveLength(HOSTILE.length + 1_200);
    let last = '0'.repeat(64);
    for (const row of rows) {
      expect(row).toHaveLength(13);
      for (const cell of row) expect(cell).not.toMatch(/^[\s\p{C}]*[=+\-@＝＋－＠]/u);
    }
    // The times were changed above, and so the texts of the first 48.
    for (const [seq, hash, previous, , , , , text = ''] of rows.slice(48)) {
      if (seq !== '49') expect(previous).toBe(last);
      last = hash ?? '';
      expect(
        createHash('sha256')
          .update(previous + text)
          .digest('hex'),
      ).toBe(hash);
    }
    for (const [i, text] of HOSTILE.entries()) {
      const event = JSON.parse(rows[i]?.[7] ?? '');
      expect(event).toMatchObject({ kind: text, actor: text, data: { reason: text, [text]: [text] } });
      expect([`'${text}`, text]).toContain(rows[i]?.[6]);
    }
  });

  it('says beside each event which request it is about, and what it is in words', async () => {
    const since = new Date();
    const request = await insertRequest(db, aWish({ role: '=orders', login: 'ana', requester: 'U0ANA' }));
    const data = { target: 'shop', role: 'orders_read', login: 'eve' };
    await insertEvent(db, null, { kind: 'orphan_open', actor: null, data });
    const child = spawnChild(
      '/bin/sh',
      [
        '-c',
        `"${process.execPath}" ${CLI} audit export --format csv --since ${since.toISOString()} > ${folder}/two.csv`,
      ],
      env,
    );
    expect((await child.ended).code).toBe(0);
    const [head = [], ...rows] = parseCsv(await readFile(join(folder, 'two.csv'), 'utf8'));
    expect(head.slice(8)).toEqual(['target', 'role', 'login', 'person', 'says']);
    const [asked, orphan] = rows.map((row) => Object.fromEntries(head.map((column, i) => [column, row[i]])));
    expect(asked).toMatchObject({
      request: `R-${request?.id}`,
      ...{ target: 'shop-prod', role: "'=orders", login: 'ana', person: 'U0ANA' },
      says: 'U0ANA asked for =orders on shop-prod for 1 hour, for the login ana: ticket 812.',
    });
    expect(orphan).toMatchObject({
      ...{ request: '', ...data, person: '' },
      says: 'The unexplained membership orders_read of eve on shop is not confirmed gone yet.',
    });
  });
});
