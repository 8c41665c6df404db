/** Carries the plan out: begins each fault at its time, and undoes it when it has lasted. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Planned } from './plan.js';
import type { Report } from './report.js';
import type { Timeline } from './timeline.js';

/** @returns when all that was begun is healed; soon after `signal` is aborted. */
export async function carryOut(
  plan: readonly Planned[],
  timeline: Timeline,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  const until = (at: number) =>
    sleep(Math.max(0, began + at - performance.now()), undefined, { signal }).catch(() => undefined);
  // What comes next in one place waits until what was there is over: healing may take its time.
  const last = new Map<string, Promise<void>>();

  async function happen({ fault, at, until: end, random }: Planned): Promise<void> {
    const before = last.get(fault.place);
    await until(at);
    await before;
    if (signal.aborted) return;
    const over =
      fault.excuses === 'none' ? null : timeline.begin(fault.excuses === 'all' ? null : fault.excuses);
    const { what, heal } = await fault.begin(random);
    const seconds = ((end - at) / 1000).toFixed(1);
    report.event(
      `${fault.place}: ${fault.name}${what ? ` (${what})` : ''}${end > at ? `, for ${seconds} s` : ''}`,
    );
    await until(end);
    await heal();
    over?.();
  }

  const all = plan.map((planned) => {
    const happening = happen(planned);
    last.set(planned.fault.place, happening);
    return happening;
  });
  await Promise.all(all);
}
