/** A target with its ten thousand logins, whose memberships are seen to go from another session. */
import { type HerdTarget, openHerdTarget } from '../sandbox/herd/herd-target.js';
import { createWatch, type Watch } from './watch.js';

export interface Granter extends HerdTarget {
  readonly watch: Watch;
}

export async function openGranter(...target: Parameters<typeof openHerdTarget>): Promise<Granter> {
  const opened = await openHerdTarget(...target);
  return { ...opened, watch: await createWatch(opened.cluster) };
}
