/** What the page asks of its server. */
import type { Screen, Topics, WorkspaceState } from '../api.js';

/** The server refused it, in words for a person. */
export class Refused extends Error {}

/** @throws Refused */
async function send<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(
    path,
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  ).catch(() => {
    throw new Refused('The demo no longer runs. Start it again with `npm run demo`.');
  });
  const answer = await response.text();
  if (response.ok) return JSON.parse(answer);
  throw new Refused(errorIn(answer));
}

function errorIn(answer: string): string {
  try {
    return String(JSON.parse(answer).error);
  } catch {
    return answer;
  }
}

/** Calls a verb of the page's server. */
export function call<T>(verb: string, args: object = {}): Promise<T> {
  return send(`/${verb}`, args);
}

/** Acts in Slack, by a verb of the control API. */
export function act<T>(
  verb: string,
  args: { readonly user: string; readonly [key: string]: unknown },
): Promise<T> {
  return send(`/slack/${verb}`, args);
}

export function readScreen(user: string): Promise<Screen> {
  return send(`/slack/screen?user=${encodeURIComponent(user)}`);
}

export function readWorkspace(): Promise<WorkspaceState> {
  return call('workspace');
}

type State = Exclude<keyof Topics, 'slack'>;

/** The topics that are whole states: what comes later to look at one must not wait for its next change. */
const STATES: Readonly<Record<State, true>> = {
  phones: true,
  consoles: true,
  truth: true,
  faults: true,
  guide: true,
  encore: true,
};

let source: EventSource | null = null;
const last = new Map<string, string>();

function open(): EventSource {
  if (source !== null) return source;
  source = new EventSource('/feed');
  for (const topic of Object.keys(STATES)) {
    source.addEventListener(topic, (event: MessageEvent<string>) => last.set(topic, event.data));
  }
  return source;
}

/** Hears one topic of the feed; of a state, at once what it is. @returns what ends that */
export function listen<T extends keyof Topics>(topic: T, hear: (data: Topics[T]) => void): () => void {
  const feed = open();
  const onEvent = (event: MessageEvent<string>) => hear(JSON.parse(event.data));
  feed.addEventListener(topic, onEvent);
  const known = last.get(topic);
  if (known !== undefined) hear(JSON.parse(known));
  return () => feed.removeEventListener(topic, onEvent);
}

/** After the server was gone for a while, what was missed must be read again. @returns what ends that */
export function onReconnect(hear: () => void): () => void {
  const feed = open();
  feed.addEventListener('open', hear);
  return () => feed.removeEventListener('open', hear);
}
