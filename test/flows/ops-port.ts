/** What a running Hallpass answers on its ops port. */
import { z } from 'zod';
import type { Stage } from '../../sandbox/stage/stage.js';

type OpsPort = Pick<Stage['env'], 'OPS_PORT'>;

export async function readiness({
  OPS_PORT,
}: OpsPort): Promise<{ status: number; missing: readonly string[] }> {
  const response = await fetch(`http://127.0.0.1:${OPS_PORT}/readyz`);
  const { missing } = z.object({ missing: z.array(z.string()) }).parse(await response.json());
  return { status: response.status, missing };
}

/** The value of one line of /metrics, as `hallpass_overdue_revocations{target="shop"}`; undefined: there is none. */
export async function metric({ OPS_PORT }: OpsPort, series: string): Promise<number | undefined> {
  const response = await fetch(`http://127.0.0.1:${OPS_PORT}/metrics`);
  const line = (await response.text()).split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}
