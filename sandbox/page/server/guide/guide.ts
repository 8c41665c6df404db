/** The guide: each step ticks itself off when the ledger, Postgres and Hallpass's process show that it happened. */
import pg from 'pg';
import { z } from 'zod';
import { Impossible } from '../../../slack/impossible.js';
import type { Backstage } from '../../../stage/backstage.js';
import { CAST } from '../../../stage/cast.js';
import { readReceipt } from '../../../tour/receipt.js';
import type { GuideState, StepId } from '../../api-guide.js';
import type { Feed } from '../feed.js';
import { type Part, pageVerb, type RanInConsole } from '../part.js';
import { readRequests } from './facts.js';
import { STEPS } from './steps.js';
import { type Facts, type Run, type Seen, seen } from './story.js';

/** Who plays it: Ana asks, Cora approves. */
const ANA = 'ana';
/** Between two looks at the ledger, milliseconds: only while a page is open. */
const EVERY_MS = 1_000;
/** PostgreSQL's `insufficient_privilege`. */
const DENIED = '42501';
const STEP = z.enum(['ask', 'refused', 'approve', 'rows', 'over', 'break']);

export interface GuidePart extends Part {
  /** To be told of everything that is run in a console. */
  ran(event: RanInConsole): void;
}

export function guidePart(backstage: Backstage, feed: Feed): GuidePart {
  const { stage } = backstage;
  const ledger = new pg.Pool({ connectionString: stage.ledgerUrl, max: 1 });
  // A ledger that is stopped ends its session; the next look opens another.
  ledger.on('error', () => undefined);
  const runs: Run[] = [];
  const outages: { from: number; until: number | null }[] = [];
  const skipped = new Set<StepId>();
  let done: Seen = {};
  let receipt: string | null = null;

  const tell = () => {
    const steps: GuideState['steps'] = STEPS.map((words) => {
      const what = done[words.id] ?? null;
      const state = what !== null ? 'done' : skipped.has(words.id) ? 'skipped' : 'open';
      return { ...words, state, seen: what };
    });
    feed.tell('guide', { steps, receipt });
  };
  const look = async () => {
    const facts: Facts = { requests: await readRequests(ledger), runs, outages };
    // What has happened stays so.
    done = { ...seen(facts, CAST), ...done };
    if (done.break !== undefined || skipped.has('break')) receipt = (await readReceipt(stage, ['ben'])).says;
    tell();
  };
  let looking: Promise<void> | null = null;
  let again = false;
  /** One look at a time, and one more when something happened meanwhile. What does not answer is asked again later. */
  const lookSoon = (): Promise<void> => {
    again = looking !== null;
    looking ??= look()
      .catch(() => undefined)
      .then(() => {
        looking = null;
        return again ? lookSoon() : undefined;
      });
    return looking;
  };
  tell();
  const timer = setInterval(() => {
    if (feed.readers > 0 && looking === null) void lookSoon();
  }, EVERY_MS);
  backstage.on('change', (state) => {
    const last = outages.at(-1);
    if (state === 'gone' && last?.until !== null) outages.push({ from: Date.now(), until: null });
    if (state === 'running' && last?.until === null) last.until = Date.now();
  });

  const ran = ({ login, on, sql, outcomes }: RanInConsole) => {
    if (login !== ANA) return;
    const denied = outcomes.find(({ kind, code }) => kind === 'error' && code === DENIED)?.message ?? null;
    const rows = outcomes.reduce((sum, { total = 0 }) => sum + total, 0);
    runs.push({ at: Date.now(), on, sql, denied, rows });
    if (runs.length > 200) runs.shift();
    void lookSoon();
  };

  return {
    ran,
    verbs: {
      'guide-skip': pageVerb(
        z.strictObject({ step: STEP, skipped: z.boolean() }),
        async ({ step, ...to }) => {
          if (done[step] !== undefined) throw new Impossible('It has happened already.');
          if (to.skipped) skipped.add(step);
          else skipped.delete(step);
          tell();
          await lookSoon();
        },
      ),
    },
    close: async () => {
      clearInterval(timer);
      await looking;
      await ledger.end();
    },
  };
}
