import { pauseOn } from '../../domain/request/pause.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import type { Message } from '../../surfaces/kit/message.js';
import { line } from '../../surfaces/kit/shrunk.js';
import { status } from '../../surfaces/request/direct.js';
import type { Actor } from '../access.js';
import type { Deps } from '../deps.js';
import { sceneOf } from '../telling/message-of.js';

/**
 * A request as its requester reads it where they typed. Once it is decided it is a line there: the direct message about
 * the outcome has the buttons. Null: there is no such request of theirs, or the ledger doesn't answer.
 */
export async function ownMessage(
  deps: Pick<Deps, 'db' | 'config' | 'roles' | 'logger'>,
  actor: Actor,
  id: number,
): Promise<Message | null> {
  try {
    const [request] = (await readRequests(deps.db, [id])).requests;
    if (request === undefined || request.requester !== actor.userId) return null;
    const pause = pauseOn(await readPauses(deps.db), request.target);
    const scene = { ...sceneOf(deps, request), strays: [], pause };
    return request.state === 'pending' ? status(request, scene) : line(request, scene, actor.userId);
  } catch (error) {
    deps.logger.warn({ err: error, request: id }, 'a request was made, and can not be read for the answer');
    return null;
  }
}
