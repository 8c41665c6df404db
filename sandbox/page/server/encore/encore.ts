/** The encore: ten thousand grants end at once, here by Hallpass and there by one job a grant, and two counters fall. */
import { z } from 'zod';
import { CROWD } from '../../../herd/crowd.js';
import { Impossible } from '../../../slack/impossible.js';
import type { EncoreRun, EncoreState } from '../../api-faults.js';
import { flushAlarms } from '../faults/alarms.js';
import { firstWords } from '../faults/words.js';
import type { Feed } from '../feed.js';
import { type Part, pageVerb } from '../part.js';
import { countDown } from './counting.js';
import { type Herds, prepareHerds } from './herds.js';

const NOTHING = z.strictObject({});
const NAMES = ['hallpass', 'naive'] as const;
/** How often the page is told of a count, milliseconds. */
const TELL_MS = 100;

/** @param cli `dist/cli.js` */
export function encorePart(cli: string, feed: Feed): Part {
  let state: EncoreState = { phase: 'idle', failed: null };
  let herds: Herds | null = null;
  let ending = new AbortController();
  /** Settles when everything of the last run is gone. */
  let run: Promise<void> = Promise.resolve();
  const become = (next: EncoreState) => {
    state = next;
    feed.tell('encore', state);
  };
  become(state);
  const change = (of: (run: EncoreRun) => EncoreRun) => {
    if (state.phase === 'running') become(of(state));
  };
  const note = (what: string) => {
    change((now) => ({ ...now, notes: [...now.notes, { at: Date.now() - now.due, what }] }));
  };

  const kill = async () => {
    await herds?.backstage.kill();
    note('kill -9: Hallpass is gone');
  };
  const play = async (signal: AbortSignal) => {
    const onProgress = (what: string, share: number) => become({ phase: 'preparing', what, share });
    const prepared = await prepareHerds({ cli, onProgress, signal });
    herds = prepared;
    const { backstage, due } = prepared;
    const full = { left: CROWD, doneAfter: null };
    become({
      phase: 'running',
      due,
      hallpass: backstage.state,
      killInTheMiddle: false,
      counters: { hallpass: full, naive: full },
      notes: [],
    });
    backstage.on('change', (hallpass) => change((now) => ({ ...now, hallpass })));
    await Promise.all(
      NAMES.map((name) => {
        let told = 0;
        const hear = (left: number, at: number) => {
          if (state.phase !== 'running') return;
          if (name === 'hallpass' && state.killInTheMiddle && left <= CROWD / 2 && left > 0) {
            change((now) => ({ ...now, killInTheMiddle: false }));
            void kill();
          }
          if (left > 0 && performance.now() - told < TELL_MS) return;
          told = performance.now();
          const doneAfter = left === 0 ? Math.round(at - due) : null;
          change((now) => ({ ...now, counters: { ...now.counters, [name]: { left, doneAfter } } }));
        };
        return countDown(prepared[name], hear, signal);
      }),
    );
  };
  const begin = () => {
    if (state.phase === 'preparing' || state.phase === 'running')
      throw new Impossible('The encore plays already.');
    ending = new AbortController();
    const { signal } = ending;
    become({ phase: 'preparing', what: 'Starting two servers', share: 0 });
    const before = run;
    run = (async () => {
      await before;
      let failed: string | null = null;
      try {
        await play(signal);
      } catch (error) {
        if (!signal.aborted) failed = firstWords(error);
      }
      const played = state.phase === 'running' ? state : null;
      become(played === null ? { phase: 'idle', failed } : { ...played, phase: 'over' });
      await herds?.close().catch(() => undefined);
      herds = null;
    })();
  };
  const running = (): Herds => {
    if (state.phase !== 'running' || herds === null) throw new Impossible('The encore does not play.');
    return herds;
  };

  return {
    verbs: {
      encore: pageVerb(NOTHING, begin),
      'encore-end': pageVerb(NOTHING, async () => {
        ending.abort();
        await run;
        become({ phase: 'idle', failed: null });
      }),
      'encore-kill': pageVerb(z.strictObject({ inTheMiddle: z.boolean() }), async ({ inTheMiddle }) => {
        running();
        if (inTheMiddle) change((now) => ({ ...now, killInTheMiddle: !now.killInTheMiddle }));
        else await kill();
      }),
      'encore-start': pageVerb(NOTHING, async () => {
        const { backstage } = running();
        note('Hallpass is started again');
        await backstage.start();
        note('Hallpass is ready');
      }),
      'encore-flush': pageVerb(NOTHING, async () => {
        const { backstage, jobsUrl } = running();
        const [alarms, jobs] = await Promise.all([
          flushAlarms(backstage.stage.ledgerUrl),
          flushAlarms(jobsUrl),
        ]);
        note(`Flushed: ${alarms} of Hallpass's alarms, ${jobs} of the worker's jobs`);
      }),
    },
    close: async () => {
      ending.abort();
      await run;
    },
  };
}
