/**
 * Two actors at once, on two replicas with one ledger and one server: the real use cases, held at the same step and
 * released together, some 2,800 times. No sweep takes the lock here: it saves work, and nothing rests on it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Reply } from '../../src/access/access.js';
import { LEAST_LEFT_MS } from '../../src/domain/request/transitions/refusals.js';
import { createPool } from '../../src/ledger/pool.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { aLedger, aWish } from '../ledger/a-ledger.js';
import { useServer } from '../postgres/server.js';
import { installedMajors } from '../support/majors.js';
import { type Barrier, race, randomFrom } from './barrier.js';
import { expectNoStranger, type Judged, judge, members } from './judge.js';
import {
  CORA,
  configuration,
  createReplica,
  DORA,
  OLGA,
  PEOPLE,
  type Policy,
  type Replica,
  readConfiguration,
  slackIdOf,
  startWorkspace,
  TARGET,
} from './replica.js';

const MINUTE_MS = 60_000;
const { db, databaseUrl, ownerUrl } = await aLedger();
/** Moves the times of requests: only the ledger's owner can do that without an audit event. */
const owner = createPool(ownerUrl, () => undefined);
afterAll(() => owner.end());
const random = randomFrom(1);

interface Asked {
  readonly id: number;
  readonly by: string;
}

/** One of the people asks for the role, for an hour. */
async function ask(login: string): Promise<Asked> {
  const by = slackIdOf(login);
  const wish = aWish({ target: TARGET, role: 'granted', login, requester: by, wishedMs: 60 * MINUTE_MS });
  const request = await insertRequest(db, wish);
  if (request === null) throw new Error(`${login} has an open request`);
  return { id: request.id, by };
}

const askAll = () => Promise.all(PEOPLE.map(ask));

describe('two at once', () => {
  const [newest] = installedMajors().slice(-1);
  if (newest === undefined) throw new Error('there is no Postgres');
  const the = useServer(newest);
  let slack: Awaited<ReturnType<typeof startWorkspace>>;
  let one: Replica;
  let two: Replica;

  const replica = (policy: Policy = {}) =>
    createReplica(databaseUrl, readConfiguration(configuration(the.server, policy), the.server), slack);

  beforeAll(async () => {
    await the.server.role('granted');
    for (const login of PEOPLE) await the.server.login(login);
    await registerTargets(db, [TARGET]);
    slack = await startWorkspace();
    one = replica();
    two = replica();
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await slack.close();
  });

  // What a test that failed has left would fail those after it.
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await owner.query(
      "update requests set state = 'ended', why = 'ended', ended_at = now() where ended_at is null",
    );
    for (const login of await members(the.server))
      await the.server.sql(`revoke granted from ${login} granted by hallpass`);
  });

  async function grantAll(): Promise<readonly Asked[]> {
    const asked = await askAll();
    await Promise.all(asked.map(({ id }) => one.approve(CORA, id)));
    await one.sweep();
    return asked;
  }

  /** Ends all, so that the next round can begin. Nothing of it is left anywhere. */
  async function endAll(asked: readonly Asked[]): Promise<void> {
    await Promise.all(asked.map(({ id }) => two.deny(DORA, id)));
    await owner.query(
      'update requests set expires_at = now() where ended_at is null and expires_at is not null',
    );
    await two.sweep();
    await judgeAll(asked);
    expect(await members(the.server)).toEqual([]);
  }

  const judgeAll = (asked: readonly Asked[]) =>
    judge(
      db,
      the.server,
      asked.map(({ id }) => id),
    );

  /** Of two who click, one is obeyed, and the other is told in a sentence why not. @returns whether it was the first */
  function firstWon([first, second]: readonly Reply[], says: RegExp): boolean {
    const told = first ?? second;
    expect([first, second].filter((reply) => reply === null)).toHaveLength(1);
    expect(told?.text).toMatch(says);
    return first === null;
  }

  /** For each request two actors; all are released at once. @returns the replies by request */
  async function clickTwice(
    asked: readonly Asked[],
    clicks: (request: Asked) => readonly ((barrier: Barrier) => Promise<Reply>)[],
  ): Promise<readonly (readonly Reply[])[]> {
    const replies = await race(asked.flatMap(clicks), random);
    return asked.map((_, i) => replies.slice(2 * i, 2 * i + 2));
  }

  const sweepTwice = () =>
    race(
      [(at) => one.at(at, 'grant', 'revoke').sweep(), (at) => two.at(at, 'grant', 'revoke').sweep()],
      random,
    );

  /** Each kind of round is run often; over all, either of the two has won. */
  async function rounds(times: number, round: () => Promise<readonly boolean[]>): Promise<void> {
    const won: boolean[] = [];
    for (let i = 0; i < times; i++) won.push(...(await round()));
    expect(new Set(won)).toEqual(new Set([true, false]));
  }

  test('two approvers: one decision, one GRANT, and the other is told who decided', () =>
    rounds(35, async () => {
      const asked = await askAll();
      const replies = await clickTwice(asked, ({ id }) => [
        (at) => one.at(at, 'write').approve(CORA, id),
        (at) => two.at(at, 'write').approve(DORA, id),
      ]);
      await Promise.all([sweepTwice(), expectNoStranger(db, the.server)]);
      const judged = await judgeAll(asked);
      const won = judged.map(({ state, decided_by }, i) => {
        const first = firstWon(replies[i] ?? [], /was already approved by <@/);
        expect({ state, decided_by }).toEqual({ state: 'active', decided_by: first ? CORA : DORA });
        return first;
      });
      await endAll(asked);
      return won;
    }));

  test('approve against deny: one decision, and the role as it says', () =>
    rounds(35, async () => {
      const asked = await askAll();
      const replies = await clickTwice(asked, ({ id }) => [
        (at) => one.at(at, 'write').approve(CORA, id),
        (at) => two.at(at, 'write').deny(DORA, id),
      ]);
      await Promise.all([sweepTwice(), expectNoStranger(db, the.server)]);
      const judged = await judgeAll(asked);
      const won = judged.map(({ state }, i) => {
        const approved = firstWon(replies[i] ?? [], /was already (approved|denied) by <@/);
        expect(state).toBe(approved ? 'active' : 'denied');
        return approved;
      });
      await endAll(asked);
      return won;
    }));

  describe('where two approvers are needed', () => {
    const each = { all: [CORA, DORA] };
    let here: Replica;
    let there: Replica;
    beforeAll(() => {
      here = replica(each);
      there = replica(each);
    });
    afterAll(() => Promise.all([here.close(), there.close()]));

    test('both at once: both count, and it is granted once', () =>
      rounds(20, async () => {
        const asked = await askAll();
        const replies = await clickTwice(asked, ({ id }) => [
          (at) => here.at(at, 'write').approve(CORA, id),
          (at) => there.at(at, 'write').approve(DORA, id),
        ]);
        expect(replies.flat().filter((reply) => reply !== null)).toEqual([]);
        await Promise.all([sweepTwice(), expectNoStranger(db, the.server)]);
        const judged = await judgeAll(asked);
        const last = judged.map(({ state, deciders, decided_by }) => {
          expect({ state, deciders: deciders.toSorted() }).toEqual({
            state: 'active',
            deciders: [CORA, DORA],
          });
          return decided_by === CORA;
        });
        await endAll(asked);
        return last;
      }));

    test('one of them twice at once counts once, and the other is still needed', () =>
      rounds(20, async () => {
        const asked = await askAll();
        const replies = await clickTwice(asked, ({ id }) => [
          (at) => here.at(at, 'write').approve(CORA, id),
          (at) => there.at(at, 'write').approve(CORA, id),
        ]);
        await Promise.all([sweepTwice(), expectNoStranger(db, the.server)]);
        const judged = await judgeAll(asked);
        const won = judged.map(({ state, deciders }, i) => {
          expect({ state, deciders }).toEqual({ state: 'pending', deciders: [CORA] });
          return firstWon(
            replies[i] ?? [],
            /^You have already approved R-\d+\. Still needed: 1 of <@U0DORA>/,
          );
        });
        await endAll(asked);
        return won;
      }));

    test('one approves, and the other denies: it is denied, and nothing is granted', () =>
      rounds(20, async () => {
        const asked = await askAll();
        const replies = await clickTwice(asked, ({ id }) => [
          (at) => here.at(at, 'write').approve(CORA, id),
          (at) => there.at(at, 'write').deny(DORA, id),
        ]);
        await Promise.all([sweepTwice(), expectNoStranger(db, the.server)]);
        const judged = await judgeAll(asked);
        const counted = judged.map(({ state, decided_by, deciders }, i) => {
          const [approved, denied] = replies[i] ?? [];
          expect({ state, decided_by, denied }).toEqual({ state: 'denied', decided_by: DORA, denied: null });
          if (approved !== null) expect(approved?.text).toMatch(/was already denied by <@U0DORA>/);
          expect(deciders).toEqual(approved === null ? [CORA, DORA] : [DORA]);
          return approved === null;
        });
        await endAll(asked);
        return counted;
      }));
  });

  /** Each clicks before the time is up, and it is written when the time is up and a sweep is at it. @returns the replies */
  async function againstExpiry(
    asked: readonly Asked[],
    leftMs: number,
    click: (at: Barrier, request: Asked) => Promise<Reply>,
  ): Promise<readonly unknown[]> {
    const { rows } = await owner.query<{ at: Date }>(
      `update requests set expires_at = now() + $2 * interval '1 ms' where id = any($1::bigint[]) returning expires_at as at`,
      [asked.map(({ id }) => id), leftMs],
    );
    const expiresAt = rows[0]?.at.getTime() ?? 0;
    const before = random() < 0.5 ? 'write' : 'revoke';
    const [, ...replies] = await race<unknown>(
      [
        async (at) => {
          await sleep(Math.max(0, expiresAt - Date.now()) + 2);
          return two.at(at, before).sweep();
        },
        ...asked.map((request) => (at: Barrier) => click(at, request)),
      ],
      random,
    );
    await Promise.all([sweepTwice(), one.compare(), expectNoStranger(db, the.server)]);
    for (const reply of replies) {
      if (reply !== null)
        expect(reply).toMatchObject({ text: expect.stringMatching(/time was up|Too late/) });
    }
    return replies;
  }

  test('relinquish against expiry: one end, with one reason', () =>
    rounds(35, async () => {
      const asked = await grantAll();
      const replies = await againstExpiry(asked, 60, (at, { id, by }) =>
        one.at(at, 'write').relinquish(by, id),
      );
      const judged = await judgeAll(asked);
      const won = judged.map(({ state, why }, i) => {
        expect({ state, why }).toEqual({
          state: 'ended',
          why: replies[i] === null ? 'relinquished' : 'expired',
        });
        return replies[i] === null;
      });
      await endAll(asked);
      return won;
    }));

  test('extend against expiry: longer and still there, or gone and too late', () =>
    rounds(12, async () => {
      const asked = await grantAll();
      // Some are written when there is hardly time enough left for it, others when a sweep is at it.
      const replies = await againstExpiry(asked, LEAST_LEFT_MS + random() * 200, (at, { id }) =>
        (random() < 0.6 ? one : one.at(at, 'write')).extend(DORA, id),
      );
      const judged = await judgeAll(asked);
      const won = judged.map(({ state, why }, i) => {
        const extended = replies[i] === null;
        expect({ state, why }).toEqual(
          extended ? { state: 'active', why: null } : { state: 'ended', why: 'expired' },
        );
        return extended;
      });
      await endAll(asked);
      return won;
    }));

  test('end now against relinquish: one end, and the other is told of it', () =>
    rounds(35, async () => {
      const asked = await grantAll();
      const replies = await clickTwice(asked, ({ id, by }) => [
        (at) => one.at(at, 'write').end(random() < 0.5 ? OLGA : DORA, id),
        (at) => two.at(at, 'write').relinquish(by, id),
      ]);
      await Promise.all([sweepTwice(), one.compare(), expectNoStranger(db, the.server)]);
      const judged = await judgeAll(asked);
      const won = judged.map(({ state, why }, i) => {
        const ended = firstWon(replies[i] ?? [], /is being revoked already/);
        expect({ state, why }).toEqual({ state: 'ended', why: ended ? 'ended' : 'relinquished' });
        return ended;
      });
      await endAll(asked);
      return won;
    }));

  test('a late GRANT against the end of its request: whichever comes first, nothing is left', () => {
    let grantMs = 50;
    return rounds(35, async () => {
      const asked = await askAll();
      await Promise.all(asked.map(({ id }) => one.approve(CORA, id)));
      await race<unknown>(
        [
          async (at) => {
            const pause = random() * 30;
            const began = performance.now();
            await one.at({ arrive: () => at.arrive().then(() => sleep(pause)) }, 'grant').sweep();
            grantMs = performance.now() - began;
          },
          async (at) => {
            await at.arrive();
            // Somewhere between the first GRANT and after the last is recorded.
            await sleep(random() * 2 * grantMs);
            await Promise.all(asked.map(({ id, by }) => two.relinquish(by, id)));
            await two.sweep();
          },
        ],
        random,
      );
      // What one blocked for the other is done by the next.
      await one.sweep();
      const judged = await judgeAll(asked);
      expect(judged.map(({ state, why }) => `${state} ${why}`)).toEqual(
        asked.map(() => 'ended relinquished'),
      );
      expect(await members(the.server)).toEqual([]);
      return judged.map(({ history }) => history.includes('granted'));
    });
  });

  test('two sweepers and a comparison: each thing is done once, and none undone', () =>
    rounds(35, async () => {
      const granted = await grantAll();
      await Promise.all(granted.slice(0, 4).map(({ id, by }) => one.relinquish(by, id)));
      await one.sweep();
      const wanted = await Promise.all(PEOPLE.slice(0, 4).map(ask));
      await Promise.all(wanted.map(({ id }) => two.approve(DORA, id)));
      await owner.query('update requests set expires_at = now() where id = any($1::bigint[])', [
        granted.slice(4).map(({ id }) => id),
      ]);
      const finished: string[] = [];
      const sweep = (name: string, replica: Replica) => async (at: Barrier) => {
        await replica.at(at, random() < 0.5 ? 'revoke' : 'grant').sweep();
        finished.push(name);
      };
      await race<unknown>([sweep('one', one), sweep('two', two), () => two.compare()], random);
      await expectNoStranger(db, the.server);
      // What one blocked for the other is done by the next.
      await one.sweep();
      const judged = await judgeAll([...granted, ...wanted]);
      expect(judged.map(({ state }) => state)).toEqual([
        ...granted.map(() => 'ended'),
        ...wanted.map(() => 'active'),
      ]);
      await endAll(wanted);
      return [finished[0] === 'one'];
    }));

  describe('a policy that changes while it waits: a click under the new one', () => {
    const CHANGES: readonly {
      readonly what: string;
      readonly policy: Policy;
      /** null: it is obeyed. */
      readonly says: RegExp | null;
    }[] = [
      { what: 'no approver any more', policy: { approvers: [DORA] }, says: /You can't decide/ },
      { what: 'a shorter longest time', policy: { max: '20m' }, says: null },
      { what: 'the role is gone', policy: { roles: ['other'] }, says: /is no longer offered on/ },
      { what: 'another login', policy: { firstLogin: 'somebody_else' }, says: /login/ },
    ];

    test.each(CHANGES)('$what', async ({ policy, says }) => {
      const changed = replica(policy);
      const onlyFirst = policy.firstLogin !== undefined;
      let byNew = 0;
      for (let round = 0; round < 12; round++) {
        const asked = await askAll();
        const replies = await clickTwice(asked, ({ id }) => [
          (at) => one.at(at, 'write').approve(DORA, id),
          (at) => changed.at(at, 'write').approve(CORA, id),
        ]);
        await race([(at) => one.at(at, 'grant').sweep(), (at) => changed.at(at, 'grant').sweep()], random);
        const judged = await judgeAll(asked);
        for (const [i, request] of judged.entries()) {
          const [old, fresh] = replies[i] ?? [];
          const isRefused = says !== null && (!onlyFirst || i === 0);
          if (isRefused) {
            expect(old).toBeNull();
            expect(fresh?.text).toMatch(says);
          } else firstWon(replies[i] ?? [], /was already approved by <@/);
          if (fresh === null) byNew += 1;
          expectDecidedUnder(request, fresh === null ? changed : one);
        }
        await endAll(asked);
      }
      if (says === null || onlyFirst) expect(byNew).toBeGreaterThan(0);
      await changed.close();
    });

    /** By whom, for how long, and by which configuration: all of one and the same click. */
    function expectDecidedUnder(
      { state, duration_ms, decided_by, hashes }: Judged,
      { config }: Replica,
    ): void {
      const max = config.targets.get(TARGET)?.roles.get('granted')?.policy.maxMs ?? 0;
      expect({ state, duration_ms, decided_by, hash: hashes.at(-1) }).toEqual({
        state: 'active',
        duration_ms: Math.min(60 * MINUTE_MS, max),
        decided_by: config === one.config ? DORA : CORA,
        hash: config.hash,
      });
    }
  });
});
