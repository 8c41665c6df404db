/** Which part of the sandbox answers which address. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveControl } from './control/serve.js';
import { serveResponseUrl } from './delivery/response-url.js';
import { sendText } from './http.js';
import { serveWebApi } from './web-api/serve.js';
import type { World } from './world/world.js';

/** Answers one request; never rejects. */
export async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', world.url);
  try {
    if (pathname.startsWith('/api/')) return await serveWebApi(world, pathname.slice(5), request, response);
    if (pathname.startsWith('/control/'))
      return await serveControl(world, pathname.slice(9), request, response);
    if (/^\/(?:commands|actions|app)\//.test(pathname)) {
      return await serveResponseUrl(world, pathname, request, response);
    }
    sendText(response, 404, 'Nothing is here.');
  } catch (error) {
    // The sandbox's own mistake; it must not look like one of Slack's answers.
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (!response.headersSent) sendText(response, 501, `The sandbox failed: ${message}`);
    else response.destroy();
  }
}
