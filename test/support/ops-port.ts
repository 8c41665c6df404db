/** What a running Hallpass answers on its ops port. */
import { z } from 'zod';
import type { Stage } from '../../sandbox/stage/stage.js';

type OpsPort = Pick<Stage['env'], 'OPS_PORT'>;

const strings = z.array(z.string());

async function readyz({ OPS_PORT }: OpsPort) {
  const response = await fetch(`http://127.0.0.1:${OPS_PORT}/readyz`);
  const said = z.object({ missing: strings, warnings: strings }).parse(await response.json());
  return { status: response.status, ...said };
}

export async function readiness(port: OpsPort): Promise<{ status: number; missing: readonly string[] }> {
  const { status, missing } = await readyz(port);
  return { status, missing };
}

/** What people wait for in vain, as `/readyz` says it. */
export async function warnings(port: OpsPort): Promise<readonly string[]> {
  return (await readyz(port)).warnings;
}

/** The value of one line of /metrics, as `hallpass_overdue_revocations{target="shop"}`; undefined: there is none. */
export async function metric({ OPS_PORT }: OpsPort, series: string): Promise<number | undefined> {
  const response = await fetch(`http://127.0.0.1:${OPS_PORT}/metrics`);
  const line = (await response.text()).split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}
