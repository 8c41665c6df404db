/** One process of Hallpass, started again whenever it ends. It does not outlive its supervisor. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HallpassCommand, spawnHallpass } from '../sandbox/stage/process.js';

/** A supervisor's pause before it restarts, milliseconds. */
const PAUSE_MS = 500;
/** As long as Hallpass gives itself to end in order, and a little more, milliseconds. */
const STOP_MS = 12_000;

export interface Member {
  readonly name: string;
  signal(signal: NodeJS.Signals): void;
  /** Stops it where it stands. @returns what lets it go on */
  freeze(): () => void;
  /** Ends it in order; it comes back with its clock wrong by this much. */
  restart(options: { readonly skewMs: number }): void;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface MemberOptions {
  readonly name: string;
  readonly cli: string;
  readonly command: HallpassCommand;
  readonly env: Readonly<Record<string, string>> & { readonly OPS_PORT: string };
  readonly onLine: (line: string) => void;
  /** It began to work, or works no more. */
  readonly onWork: (works: boolean) => void;
  /** It has ended; `asked`: because it was told to. It ends by itself, too, when its ledger is away while it starts. */
  readonly onEnd: (how: string, asked: boolean) => void;
}

export function supervise(options: MemberOptions): Member {
  const { name, onWork, onEnd } = options;
  const ending = new AbortController();
  let child: ChildProcess | null = null;
  let asked = false;
  let frozen = false;
  let works = false;
  let skewMs = 0;
  const setWorks = (now: boolean) => {
    if (now !== works) onWork(now);
    works = now;
  };
  const signal = (which: NodeJS.Signals) => {
    asked = true;
    child?.kill(which);
  };
  const killIt = () => void child?.kill('SIGKILL');
  process.on('exit', killIt);

  async function runOnce(): Promise<void> {
    asked = false;
    const { cli, command, env, onLine } = options;
    const begun = spawnHallpass(cli, command, { ...env, ...clockOf(skewMs) }, (line) =>
      onLine(`${name} ${line}`),
    );
    child = begun;
    const exited = once(begun, 'exit');
    void untilAnswers(env.OPS_PORT, begun).then((answers) => setWorks(answers && !frozen));
    const [code, by] = await exited;
    child = null;
    const when = works || frozen ? '' : ' while it started';
    setWorks(false);
    onEnd(`${by ?? `exit code ${code}`}${when}`, asked);
  }

  const running = (async () => {
    while (!ending.signal.aborted) {
      await runOnce();
      await sleep(PAUSE_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();

  return {
    name,
    signal,
    freeze: () => {
      const froze = child;
      frozen = true;
      setWorks(false);
      froze?.kill('SIGSTOP');
      return () => {
        frozen = false;
        froze?.kill('SIGCONT');
        if (froze !== null && froze === child) setWorks(true);
      };
    },
    restart: (changed) => {
      skewMs = changed.skewMs;
      signal('SIGTERM');
    },
    stop: async () => {
      ending.abort();
      child?.kill('SIGCONT');
      signal('SIGTERM');
      const late = setTimeout(killIt, STOP_MS);
      await running;
      clearTimeout(late);
      process.off('exit', killIt);
    },
  };
}

function clockOf(skewMs: number): Record<string, string> {
  if (skewMs === 0) return {};
  const preload = new URL('./skew.js', import.meta.url);
  return { NODE_OPTIONS: `--import ${preload.href}`, CHAOS_SKEW_MS: String(skewMs) };
}

/** Whether it came so far as to answer probes; it works from then on. */
async function untilAnswers(port: string, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (answer?.ok) return child.exitCode === null && child.signalCode === null;
    await sleep(50);
  }
  return false;
}
