/** The control API: another process, or a page in a browser, sees the sandbox's state and acts as its people. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readArguments, sendJson } from '../http.js';
import { Impossible } from '../impossible.js';
import type { Change } from '../world/changes.js';
import type { World } from '../world/world.js';
import { personVerbs } from './person-verbs.js';
import { screenOf, stateOf } from './state.js';
import type { Verb } from './verb.js';
import { workspaceVerbs } from './workspace-verbs.js';

/** `POST /control/VERB` with a JSON body; each calls what a test in the same process calls. */
const VERBS: ReadonlyMap<string, Verb> = new Map(Object.entries({ ...personVerbs, ...workspaceVerbs }));

export async function serveControl(
  world: World,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A browser says so when a page of another site sends something; pages are to ask the server that they come from.
  const { host, origin } = request.headers;
  if (host !== new URL(world.url).host || origin !== undefined) {
    return sendJson(response, 403, { error: 'The control API takes no request of a page.' });
  }
  try {
    const args = await readArguments(request);
    if (!args) return sendJson(response, 400, { error: 'The body is no JSON object.' });
    if (request.method === 'GET') {
      switch (name) {
        case 'state':
          return sendJson(response, 200, stateOf(world));
        case 'screen':
          return sendJson(response, 200, screenOf(world, String(args.user)));
        case 'changes':
          return streamChanges(world, response);
      }
    }
    const verb = request.method === 'POST' ? VERBS.get(name) : undefined;
    if (!verb) return sendJson(response, 404, { error: `There is no ${request.method} /control/${name}.` });
    sendJson(response, 200, await verb(world, args));
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
    sendJson(response, 400, { error: error.message });
  }
}

/** Server-sent events, one for each change, until the reader leaves. */
function streamChanges({ changes }: World, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': listening\n\n');
  const send = (change: Change) => response.write(`id: ${change.n}\ndata: ${JSON.stringify(change)}\n\n`);
  changes.on('change', send);
  response.on('close', () => changes.off('change', send));
}
