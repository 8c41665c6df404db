/** Every audit event has a plain sentence: those of the state table, and those that are written beside it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, TELLING_KINDS } from '../../src/domain/audit/audit-events.js';
import { UNJUDGED } from '../../src/domain/policy/emergency.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import type { RequestEvent } from '../../src/domain/request/request-events.js';
import { transition } from '../../src/domain/request/transition.js';
import { tell } from '../../src/surfaces/terminal/history.js';
import { anActive, aRequest, later, NOON, PLACE, PROOF, TERMS } from '../domain/a-request.js';

const granting = aRequest({ state: 'granting', decidedAt: NOON, decidedBy: 'U0BEN' });
const ending = anActive({ state: 'ending', why: 'relinquished', endedBy: 'U0ANA' });
const extending = anActive({ extension: { state: 'asked', by: 'U0BEN', at: NOON, from: later(3_600_000) } });
const idling = anActive({ terms: { ...TERMS, idleMs: 1_800_000 } });
const emergency = anActive({ emergency: UNJUDGED, decidedBy: null, decidedRule: 'break_glass' });
const users = [{ oid: 1, name: 'ben' }];

/** Each event where it can happen, and what is told of it. A new one fails here until it has its sentence. */
const SENTENCES: Record<RequestEvent['type'], readonly [AccessRequest, RequestEvent, string]> = {
  approve: [
    aRequest(),
    { type: 'approve', by: 'U0BEN', via: 'dba', maxMs: 1_800_000 },
    'U0BEN approved it through dba for 30 minutes.',
  ],
  approve_by_rule: [
    aRequest(),
    { type: 'approve_by_rule', rule: 'on_call', through: 'schedule P1', maxMs: 1_800_000 },
    'The on-call rule approved it, schedule P1, for 30 minutes.',
  ],
  on_call_said: [
    aRequest(),
    { type: 'on_call_said', note: 'PagerDuty did not answer' },
    'Hallpass asked who is on call, and it did not approve: PagerDuty did not answer.',
  ],
  ask_extension: [
    anActive({ wishedMs: 7_200_000 }),
    { type: 'ask_extension', maxMs: 5_400_000, rules: [], asked: [] },
    'U0ANA asked to extend it for 1 hour 30 minutes.',
  ],
  deny_extension: [
    anActive({ extensionAsk: { at: NOON, forMs: 1, rules: [], asked: [], approvals: [] } }),
    { type: 'deny_extension', by: 'U0BEN', via: 'dba', because: 'not tonight' },
    'U0BEN denied the extension through dba: not tonight.',
  ],
  extend_by_rule: [
    anActive({ wishedMs: 7_200_000 }),
    { type: 'extend_by_rule', rule: 'on_call', through: 'schedule P1', maxMs: 7_200_000 },
    'A rule extended it, schedule P1, from 2026-11-21T13:00:00Z to 2026-11-21T14:01:00Z.',
  ],
  deny: [
    aRequest(),
    { type: 'deny', by: 'U0BEN', via: 'named', because: 'Ask for orders_read.' },
    'U0BEN denied it: Ask for orders_read.',
  ],
  withdraw: [aRequest(), { type: 'withdraw', by: 'U0ANA' }, 'U0ANA canceled it.'],
  lapse: [aRequest({ pendingUntil: NOON }), { type: 'lapse' }, 'It lapsed: nobody decided in time.'],
  previewed: [
    aRequest(),
    { type: 'previewed', result: { ok: true, preview: { danger: 'write' } } },
    'Hallpass read what the role can do: danger write.',
  ],
  asking: [
    aRequest(),
    {
      type: 'asking',
      mention: false,
      asking: {
        approvers: null,
        unshown: { channel: 'C0ACCESS', why: 'Hallpass is not in that channel.', fix: null },
        directly: [],
        nobody: [],
      },
    },
    "Hallpass can't post its card in C0ACCESS: Hallpass is not in that channel.",
  ],
  step_due: [
    aRequest(),
    {
      type: 'step_due',
      steps: [{ afterMs: 0, remind: true, to: [{ id: 'S0SRE', name: 'sre' }], page: true }],
    },
    'Nobody had decided for 1 minute, so Hallpass reminded those asked, asked others, too and alerted the operators.',
  ],
  cleared: [granting, { type: 'cleared' }, 'Hallpass checked again that it may be granted.'],
  intend: [
    granting,
    { type: 'intend', place: PLACE, terms: TERMS },
    'Hallpass noted where it is about to grant it, on the server 7300000000000000001.',
  ],
  granted: [
    { ...granting, place: PLACE },
    { type: 'granted', mark: '801', users },
    'Hallpass granted it until 2026-11-21T13:01:00Z, confirmed on the server. Others who can use it: ben.',
  ],
  users_seen: [
    anActive(),
    { type: 'users_seen', users },
    "More logins can use it through the holder's login. Others who can use it: ben.",
  ],
  grant_failed: [
    granting,
    { type: 'grant_failed', trouble: 'there is no role x' },
    'Hallpass gave up granting it: there is no role x.',
  ],
  blocked: [
    granting,
    { type: 'blocked', trouble: 'the server does not answer' },
    'It could not be done yet: the server does not answer.',
  ],
  judged: [
    { ...emergency, judgeAt: later(900_000) },
    { type: 'judged', by: 'U0CORA', via: 'security', verdict: 'not_justified', words: 'It could wait.' },
    'U0CORA through security found the emergency not justified: It could wait.',
  ],
  judge_asked: [
    { ...emergency, judgeAt: NOON },
    { type: 'judge_asked' },
    'Hallpass asked the reviewers whether the emergency was justified.',
  ],
  unused: [anActive(), { type: 'unused' }, 'Hallpass told the holder that nobody uses it.'],
  idle_announced: [
    idling,
    { type: 'idle_announced', endsAt: later(600_000) },
    'Hallpass told the holder that it ends unused at 2026-11-21T12:10:00Z.',
  ],
  idle_called_off: [
    { ...idling, idleEndsAt: NOON },
    { type: 'idle_called_off' },
    'It is used, or nobody can tell that it isn’t: it doesn’t end unused.',
  ],
  idle: [
    { ...idling, idleEndsAt: NOON },
    { type: 'idle', since: later(-1_800_000) },
    'Hallpass ended it: no session could use it since 2026-11-21T11:30:00Z.',
  ],
  warned: [anActive(), { type: 'warned' }, 'Hallpass told the holder that the end is near.'],
  extend: [
    anActive({ expiresAt: later(600_000) }),
    { type: 'extend', by: 'U0BEN', via: 'dba', maxMs: 3_600_000 },
    'U0BEN extended it through dba, from 2026-11-21T12:10:00Z to 2026-11-21T13:01:00Z.',
  ],
  extended: [extending, { type: 'extended' }, 'The server has the new end.'],
  extension_refused: [
    extending,
    { type: 'extension_refused', trouble: 'too long' },
    'The server refused the extension, and it ends at 2026-11-21T13:00:00Z: too long.',
  ],
  relinquish: [anActive(), { type: 'relinquish', by: 'U0ANA' }, 'U0ANA relinquished it.'],
  end: [
    anActive(),
    { type: 'end', by: null },
    "Hallpass ended it, because the Slack account was deactivated or is no longer a full member's.",
  ],
  missing: [
    anActive(),
    { type: 'missing' },
    'Hallpass found it gone from the server, and the ledger doesn’t say who revoked it.',
  ],
  sessions_open: [
    ending,
    { type: 'sessions_open', before: 'x', trouble: 'pid 12 is open', users: [] },
    'It is revoked, and sessions could still use it: pid 12 is open.',
  ],
  proved_gone: [
    ending,
    { type: 'proved_gone', proof: { ...PROOF, closed: 1, prepared: ['gid'] } },
    'Hallpass revoked it, confirmed on the server. 1 session ended. Prepared transactions are left: gid.',
  ],
  reviewed: [
    anActive({ reviewAt: NOON }),
    { type: 'reviewed', result: { total: 3 } },
    'Hallpass read what changed on the server during the grant: 3 changes.',
  ],
  written_off: [
    anActive(),
    { type: 'written_off', by: 'root@db', because: 'the server is gone' },
    'root@db closed it without proof that it is gone: the server is gone.',
  ],
  replaced: [
    anActive(),
    { type: 'replaced', by: 'root@db', because: null, proof: PROOF },
    'root@db said that the server was replaced, and on the new one it is confirmed gone. 0 sessions ended.',
  ],
  restored: [
    granting,
    { type: 'restored', trouble: 'ask again' },
    'The ledger was restored from a time at which it was not granted yet, so it is not granted.',
  ],
};

describe('the sentence of', () => {
  it('every type of event of the state table is here', () => {
    expect(Object.keys(SENTENCES).toSorted()).toEqual(EVENT_TYPES.toSorted());
  });

  it.each(Object.entries(SENTENCES))('%s', (_, [request, event, sentence]) => {
    const result = transition(request, event, later(60_000));
    if (!result.ok) throw new Error(`it is refused: ${result.refusal.code}`);
    expect(tell(result.audit)).toBe(sentence);
  });

  it('a submission', () => {
    const data = {
      target: 'shop',
      role: 'orders_read',
      login: 'ana',
      reason: 'ticket 812',
      wishedMs: 3_600_000,
    };
    expect(tell({ kind: 'submitted', actor: 'U0ANA', data })).toBe(
      'U0ANA asked for orders_read on shop for 1 hour, for the login ana: ticket 812.',
    );
  });

  it('every kind that is written beside the state table', async () => {
    const folder = join(import.meta.dirname, '../../src');
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
    const sources = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const kinds = sources.flatMap((source, i) => [
      ...(source.includes('insertEvent(') ? [...source.matchAll(/^ *kind: .*$/gm)] : [])
        .flatMap(([line]) => [...line.matchAll(/'([a-z]+_[a-z_]+)'/g)])
        .map(([, kind = '']) => kind),
      ...(files[i] === join('access', 'sweeping', 'record-strays.ts')
        ? [...source.matchAll(/'((?:leftover|orphan)_[a-z_]+)'/g)]
        : []
      ).map(([, kind = '']) => kind),
      ...[...source.matchAll(/insert into events[^;]*?'([a-z]+_[a-z]+)', (?:null|jsonb)/g)].map(
        ([, kind = '']) => kind,
      ),
    ]);
    expect(kinds.length).toBeGreaterThan(15);
    for (const kind of [...TELLING_KINDS, ...kinds]) {
      expect(tell({ kind, actor: null, data: {} }), kind).toMatch(/[.!?]$/);
    }
  });

  it('what was approved again, and how that ended', () => {
    const made = { until: '2026-11-22T23:00:00+00:00', maxMs: 3_600_000 };
    expect(tell({ kind: 'repeat_made', actor: 'U0BEN', data: made })).toBe(
      'U0BEN approved the same again until 2026-11-22T23:00:00Z, each time for 1 hour at most.',
    );
    expect(tell({ kind: 'repeat_ended', actor: 'U0ANA', data: {} })).toBe(
      'U0ANA ended the approval of the same again.',
    );
    expect(
      tell({ kind: 'repeat_ended', actor: null, data: { because: '@ben can no longer approve it' } }),
    ).toBe('The same again is no longer approved, because @ben can no longer approve it.');
  });

  it('a kind of a newer release is not known, and no name of an object is a kind', () => {
    for (const kind of ['approved_twice', 'constructor', '__proto__', '']) {
      expect(tell({ kind, actor: null, data: {} })).toBeNull();
    }
  });
});

describe('what an event holds', () => {
  it('may be anything: it is left out, cut and made visible', () => {
    for (const data of [
      null,
      7,
      'x',
      [],
      { durationMs: 'x', via: 7, prepared: 'x', users: { a: 1 }, preview: 3 },
    ]) {
      for (const kind of TELLING_KINDS) expect(tell({ kind, actor: null, data })).toMatch(/[.!?]$/);
    }
    const hostile = tell({
      kind: 'submitted',
      actor: 'U0\u001b[2J',
      data: { role: 'a\nb', login: '\u202eana', reason: `x\r\n\u001b]0;title\u0007${'y'.repeat(5_000)}` },
    });
    expect(hostile).toMatch(
      /^U0\\u\{1b\}\[2J asked for a\\u\{a\}b, for the login \\u\{202e\}ana: x \]0;titley+…$/,
    );
    expect(hostile?.length).toBeLessThan(700);
  });
});
