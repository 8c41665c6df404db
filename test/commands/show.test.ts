/** `hallpass show` as an operator reads it: nothing but DATABASE_URL is set. */
import { describe, expect, it } from 'vitest';
import { insertEvent } from '../../src/ledger/audit/insert-event.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { anAuditedLedger } from '../audit/ledger.js';
import { asked, granted, happened, PROOF } from './people.js';
import { hallpass, piped } from './run.js';

const { db, owner, databaseUrl } = await anAuditedLedger();
const env = { DATABASE_URL: databaseUrl };
await registerTargets(db, ['shop']);
const show = (...args: string[]) => hallpass(['show', ...args], env);
const WISH = { target: 'shop', requester: 'U0ANA', reason: 'ticket 812\u001b[2J' };
const TIME = '20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ';
/** Without the times, each sentence on one line. */
const said = (lines: readonly string[]) =>
  lines
    .join('\n')
    .replaceAll(new RegExp(TIME, 'g'), 'T')
    .replaceAll(/\n {10,}/g, ' ')
    .split('\n');

describe('show', () => {
  it('tells a request from the wish to its end, and where it stands', async () => {
    const id = await asked(db, { ...WISH, login: 'ana' }, granted());
    const out = await show(`R-${id}`);
    expect(out.code).toBe(0);
    expect(out.lines[2]).toMatch(
      new RegExp(`^Granted until ${TIME}, 4\\d minutes(?: \\d+ seconds)? from now\\.$`),
    );
    await happened(db, id, [
      { type: 'end', by: 'U0OLGA' },
      { type: 'blocked', trouble: 'could not connect to the server' },
    ]);
    expect(said((await show(`R-${id}`)).lines)).toEqual(
      expect.arrayContaining([
        'Being revoked, not confirmed yet: ended by U0OLGA.',
        'Not done yet: could not connect to the server',
      ]),
    );
    await happened(db, id, [{ type: 'proved_gone', proof: PROOF }]);
    const { lines } = await show(`R-${id}`);
    expect(said(lines)).toEqual([
      `R-${id}: orders_read on shop for the login ana, asked for by U0ANA`,
      '',
      'Ended at T: ended by U0OLGA.',
      '',
      'T  U0ANA asked for orders_read on shop for 1 hour, for the login ana: ticket 812[2J.',
      'T  U0BEN approved it through dba for 45 minutes.',
      'T  Hallpass noted where it is about to grant it, on the server 7300000000000000001.',
      'T  Hallpass granted it until T, confirmed on the server.',
      'T  U0OLGA ended it.',
      'T  It could not be done yet: could not connect to the server.',
      'T  Hallpass revoked it, confirmed on the server. 2 sessions ended.',
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('prints the same as one JSON document, with what each event holds', async () => {
    const id = await asked(db, WISH);
    await happened(db, id, [{ type: 'deny', by: 'U0BEN', via: 'dba' }]);
    const json = JSON.parse((await show(`R-${id}`, '--json')).said);
    expect(json).toMatchObject({
      says: [expect.stringMatching(new RegExp(`^Denied by U0BEN at ${TIME}\\.$`))],
      request: { id: `R-${id}`, state: 'denied', person: 'U0ANA', askedSeconds: 3_600 },
      strays: [],
      events: [
        { kind: 'submitted', actor: 'U0ANA', data: { reason: WISH.reason } },
        { kind: 'denied', actor: 'U0BEN', says: 'U0BEN denied it through dba.', data: { via: 'dba' } },
      ],
    });
  });

  it.each([
    ['what nobody decided', { pendingTimeoutMs: 60_000 }, /^Waiting for approval until \S+ Asked: @dba\.$/],
  ])('says of %s where it stands', async (_, wish, standing) => {
    expect((await show(`R-${await asked(db, wish)}`)).lines[2]).toMatch(standing);
  });

  it('refuses what is no id, or no request of this ledger, and says what to do', async () => {
    for (const text of ['1042', 'R-01', 'r-1042', 'R-1; drop', "R-'"]) {
      const { code, said } = await show(text);
      expect({ code, said }).toEqual({
        code: 1,
        said: `${JSON.stringify(text)} is not a request\nWrite its id as it is on its card: R-1042.`,
      });
    }
    expect(await show('R-999999')).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^there is no R-999999 in this ledger\n.*node dist\/cli.js status/),
    });
  });

  it('says that a request was deleted, or that its first events were', async () => {
    const id = await asked(db, WISH);
    await happened(db, id, [{ type: 'withdraw', by: 'U0ANA' }]);
    const half = await asked(db, WISH);
    const newest = await asked(db, WISH);
    await owner.query(
      'delete from audit_chain where event_id in (select id from events where request_id = $1)',
      [id],
    );
    for (const table of ['events', 'deliveries'])
      await owner.query(`delete from ${table} where request_id = $1`, [id]);
    await owner.query('delete from requests where id = $1', [id]);
    expect((await show(`R-${id}`)).said).toContain(`there is no R-${id} in this ledger`);
    await owner.query(
      `insert into audit_checkpoints values (1, decode(repeat('00', 32), 'hex'), 1, now(), 'root@db', decode(repeat('00', 64), 'hex'))`,
    );
    expect(await show(`R-${id}`)).toMatchObject({
      code: 1,
      said: expect.stringMatching(
        new RegExp(`^R-${id} is not in the ledger any more: it was deleted.*\n.*exported`),
      ),
    });
    expect((await show(`R-${newest + 1}`)).said).toContain(`there is no R-${newest + 1}`);

    await happened(db, half, [{ type: 'withdraw', by: 'U0ANA' }]);
    await owner.query(
      `with gone as (select id from events where request_id = $1 and kind = 'submitted'),
         unchained as (delete from audit_chain where event_id in (select id from gone))
       select`,
      [half],
    );
    await owner.query(`delete from events where request_id = $1 and kind = 'submitted'`, [half]);
    expect(said((await show(`R-${half}`)).lines).slice(4)).toEqual([
      'What came before was pruned from the audit trail.',
      'T  U0ANA canceled it.',
    ]);
  });

  it('reads thousands of events in little memory, whatever they hold, and stops in silence', async () => {
    const id = await asked(db, WISH);
    await insertEvent(db, id, {
      kind: 'from_a_newer_release',
      actor: null,
      data: { big: 'x'.repeat(300_000) },
    });
    await db.query(
      `insert into events (request_id, kind, data) select $1, 'hindered', jsonb_build_object('trouble', repeat('y', 20000), 'n', n)
         from generate_series(1, 3000) n`,
      [id],
    );
    const little = { ...env, NODE_OPTIONS: '--max-old-space-size=64' };
    expect(await piped(`show R-${id} --json`, `grep -c '"kind":"hindered"'`, little)).toMatchObject({
      code: 0,
      said: '3000',
    });
    expect(await piped(`show R-${id}`, `grep -c 'could not be done yet'`, little)).toMatchObject({
      code: 0,
      said: '3000',
    });
    expect((await piped(`show R-${id}`, 'grep newer', env)).said).toMatch(
      /Z {2}Something that this release doesn't know: from_a_newer_release\.$/,
    );
    const { code, lines } = await piped(`show R-${id} --json`, 'head -n 1', env);
    expect({ code, lines: lines.length }).toEqual({ code: 0, lines: 1 });
  });
});
