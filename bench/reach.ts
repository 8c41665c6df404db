/** What each figure is to reach, and the table that says whether it does. */
import type { Figures, Herd, Key, Lateness, Spread } from './figures.js';

interface Row {
  readonly key: Key;
  readonly figure: string;
  readonly toReach: string;
  /** null: it is there for another to be compared with. */
  readonly met: boolean | null;
}

type Judge<Figure> = (figure: Figure, all: Partial<Figures>) => Omit<Row, 'key'>;

const below = (ms: number): Judge<number> => {
  return (figure) => ({ figure: `${figure} ms`, toReach: `<= ${ms} ms`, met: figure <= ms });
};

const p99Below = (ms: number) => (spread: Spread) => ({
  figure: `p50 ${spread.p50}, p99 ${spread.p99} ms`,
  toReach: `p99 < ${ms} ms`,
  met: spread.p99 < ms,
});

/** Beside one timer and one REVOKE, as `bare` has them. */
const lateness =
  (bare: (all: Partial<Figures>) => Lateness | undefined): Judge<Lateness> =>
  (late, all) => {
    const times = late.p99 / (bare(all)?.p99 ?? Number.NaN);
    return {
      figure: `${sayLateness(late)} (p99 ${times.toFixed(1)} x bare)`,
      toReach: 'p99 < 50 ms, <= 3 x bare',
      met: late.p99 < 50 && times <= 3,
    };
  };

const bareLateness: Judge<Lateness> = (late) => ({ figure: sayLateness(late), toReach: '', met: null });

function sayLateness({ p50, p99, max }: Lateness): string {
  return `p50 ${p50}, p99 ${p99}, max ${max} ms`;
}

function sayHerd({ n, last_ms, naive_last_ms, bare_last_ms }: Herd): string {
  return `${n}: ${last_ms} ms; naive ${naive_last_ms} ms; bare ${bare_last_ms} ms`;
}

const JUDGES: { readonly [K in Key]: Judge<Figures[K]> } = {
  click_to_grant_ms: ({ p50, p99 }, { bare_grant_ms: bare }) => {
    const times = bare === undefined ? Number.NaN : p50 / bare.p50;
    return {
      figure: `p50 ${p50} (${times.toFixed(1)} x bare), p99 ${p99} ms`,
      toReach: 'p50 <= 5 x bare, p99 < 100 ms',
      met: times <= 5 && p99 < 100,
    };
  },
  bare_grant_ms: ({ p50 }) => ({ figure: `p50 ${p50} ms`, toReach: '', met: null }),
  break_glass_to_grant: ({ direct, guarded }) => {
    const judged = [direct, guarded].map(p99Below(1_000));
    return {
      figure: `direct ${judged[0]?.figure}; guarded ${judged[1]?.figure}`,
      toReach: 'p99 < 1000 ms',
      met: judged.every(({ met }) => met),
    };
  },
  slash_ack_ms: p99Below(300),
  modal_open_ms: p99Below(700),
  typed_to_card_ms: p99Below(1_500),
  home_fresh_ms: p99Below(1_000),
  'lateness_ms.redis': lateness((all) => all['lateness_ms.redis.bare']),
  'lateness_ms.redis.bare': bareLateness,
  'lateness_ms.postgres': lateness((all) => all['lateness_ms.postgres.bare']),
  'lateness_ms.postgres.bare': bareLateness,
  'herd.direct': (herd) => ({
    figure: sayHerd(herd),
    toReach: '< 1000 ms, 10 x before naive, within 4 x bare',
    met:
      herd.last_ms < 1_000 &&
      herd.last_ms * 10 <= herd.naive_last_ms &&
      herd.last_ms <= herd.bare_last_ms * 4,
  }),
  'herd.guarded': (herd) => ({
    figure: sayHerd(herd),
    toReach: '< 2500 ms',
    met: herd.last_ms < 2_500,
  }),
  herd_one_target_down: ({ ratio }) => ({ figure: `${ratio}`, toReach: '<= 1.25', met: ratio <= 1.25 }),
  idle_sweep_ms: (idle) => ({
    figure: `1e3 ${idle['1e3']}, 1e4 ${idle['1e4']}, 1e5 ${idle['1e5']} ms`,
    toReach: '1e5 within 2 x 1e3',
    met: idle['1e5'] <= idle['1e3'] * 2,
  }),
  idle_sweep_trips: (figure) => ({ figure: `${figure}`, toReach: '<= 2', met: figure <= 2 }),
  idle_ledger_tx_per_min: (figure) => ({ figure: `${figure}`, toReach: '<= 20', met: figure <= 20 }),
  idle_target_tx_per_hour: (figure) => ({ figure: `${figure}`, toReach: '', met: null }),
  idle_connections: (figure) => ({ figure: `${figure}`, toReach: '<= 5', met: figure <= 5 }),
  hundred_targets: ({ ledger_tx_per_min: perMin, connections, rss_mb: rss, cpu_ms_per_min: cpu }) => ({
    figure: `ledger ${perMin}/min by ${connections} connections; ${rss} MB; ${cpu} ms of a processor a minute`,
    toReach: '<= 20/min, <= 5 connections, < 200 MB',
    met: perMin <= 20 && connections <= 5 && rss < 200,
  }),
  after_redis_flush_ms: below(20_000),
  after_target_back_ms: below(2_000),
  after_kill_ms: below(20_000),
  search_ms: ({ p50, p95 }) => ({
    figure: `p50 ${p50}, p95 ${p95} ms`,
    toReach: 'p95 < 100 ms',
    met: p95 < 100,
  }),
  rss_mb: (figure) => ({ figure: `${figure} MB`, toReach: '< 200 MB', met: figure < 200 }),
  start_ms: (figure) => ({ figure: `${figure} ms`, toReach: '< 1500 ms', met: figure < 1_500 }),
};

export const KEYS = Object.keys(JUDGES).filter(isKey);

export function isKey(text: string): text is Key {
  return Object.hasOwn(JUDGES, text);
}

function judge<K extends Key>(key: K, figures: Partial<Figures>): Row[] {
  const figure = figures[key];
  return figure === undefined ? [] : [{ key, ...JUDGES[key](figure, figures) }];
}

/** As lines of text, one a figure. */
export function table(figures: Partial<Figures>): string {
  const rows = KEYS.flatMap((key) => judge(key, figures)).map(({ key, figure, toReach, met }) => [
    key,
    figure,
    toReach,
    met === null ? '' : met ? 'met' : 'NOT MET',
  ]);
  const lines = [['key', 'figure', 'to reach', ''], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
