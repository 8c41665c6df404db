/** The Web API: who may call, what is answered. https://docs.slack.dev/apis/web-api */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, answer, tooManyRequests } from '../answer.js';
import { readArguments, sendJson } from '../http.js';
import type { JsonObject } from '../json.js';
import type { World } from '../world/world.js';
import { app } from './app.js';
import { chat } from './chat.js';
import { conversations } from './conversations.js';
import { ApiError, type Method, needScope } from './method.js';
import { usergroups } from './usergroups.js';
import { users } from './users.js';
import { views } from './views.js';

const METHODS: ReadonlyMap<string, Method> = new Map(
  Object.entries({ ...app, ...chat, ...views, ...users, ...usergroups, ...conversations }),
);

/** What an app token may do. */
const APP_SCOPES = 'connections:write';

/** Errors that tell of a mistake in the app, not of how the workspace stands. */
const MISTAKES = new Set([
  'invalid_arguments',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'no_text',
  'msg_too_long',
  'view_too_large',
  'unknown_method',
]);

export async function serveWebApi(
  world: World,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sent = await readArguments(request);
  if (!sent) return sendJson(response, 200, { ok: false, error: 'invalid_json' });
  const { token: inBody, ...args } = sent;
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? inBody;
  const scopes = scopesOf(world, token);
  if (scopes !== undefined) response.setHeader('x-oauth-scopes', scopes);
  await answer(world, response, { method: name, args }, () => {
    const pause = tooFast(world, name, args);
    if (pause > 0) return tooManyRequests(response, pause);
    return { status: 200, body: run(world, name, args, token) };
  });
}

function run(world: World, name: string, args: JsonObject, token: unknown): Answer['body'] {
  try {
    const method = METHODS.get(name);
    if (!method) throw new ApiError('unknown_method', { req_method: name });
    checkToken(world, method, token);
    return { ok: true, ...method.call(world, args) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const answer = { ok: false, error: error.message, ...error.extra };
    if (MISTAKES.has(error.message))
      world.journal.problem('refused call', `${name}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

function checkToken(world: World, method: Method, token: unknown): void {
  if (token === undefined || token === '') throw new ApiError('not_authed');
  const { botToken, appToken } = world.app;
  if (token !== botToken && token !== appToken) throw new ApiError('invalid_auth');
  if (token !== (method.token === 'app' ? appToken : botToken)) throw new ApiError('not_allowed_token_type');
  for (const scope of method.scopes) needScope(world, scope);
}

/** The value of the `x-oauth-scopes` header, which stands on every answer to a token that Slack knows. */
function scopesOf({ app: { botToken, appToken }, workspace }: World, token: unknown): string | undefined {
  if (token === botToken) return [...workspace.scopes].join(',');
  return token === appToken ? APP_SCOPES : undefined;
}

/** @returns for how long it comes too early, seconds; 0 when it doesn't */
function tooFast({ faults, clock }: World, name: string, args: JsonObject): number {
  const pause = faults.callsTooMany(name, clock.now());
  if (pause > 0) return pause;
  return name === 'chat.postMessage' && faults.postsTooFast(String(args.channel), clock.now()) ? 1 : 0;
}
