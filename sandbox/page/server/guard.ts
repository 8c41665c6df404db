/** Who may talk to the page's server: it runs SQL and kills processes. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The token comes in the address that the demo prints, once; from then on the browser sends it as a cookie. */
export interface Guard {
  readonly token: string;
  /** Of this server alone: cookies are shared by all ports of a host. */
  readonly cookie: string;
  /** `127.0.0.1:PORT` and `localhost:PORT` */
  readonly hosts: readonly string[];
}

/** What is wrong with a request, in a sentence; null: nothing. */
export function whyRefused(guard: Guard, request: IncomingMessage): string | null {
  const { host, origin } = request.headers;
  // A name that somebody else's DNS points at this machine, and a page of another site.
  if (host === undefined || !guard.hosts.includes(host)) return 'This address is not the one of the demo.';
  if (origin !== undefined && origin !== `http://${host}`) return 'This request came from another page.';
  if (!isToken(guard, cookieOf(request, guard.cookie))) {
    return 'Open the address that `npm run demo` printed: it holds the token.';
  }
  return null;
}

export function isToken({ token }: Guard, given: string | null): boolean {
  if (given === null) return false;
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function cookieOf(request: IncomingMessage, name: string): string | null {
  const cookies = (request.headers.cookie ?? '').split(';').map((each) => each.trim());
  return cookies.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}
