/**
 * What must never reach the log, a terminal or a message. Every secret that Hallpass reads (from the environment, a file, a
 * url) is kept here, so that it is found wherever it turns up, even in a library's or a server's words. For secrets that
 * aren't ours there are shapes.
 */
const CENSORED = '[redacted]';

/** A shorter one would blank out ordinary words, and so reveal itself. */
const SHORTEST = 8;

const known = new Set<string>();
let anyKnown: RegExp | null = null;

/** Remembers a secret, also as it looks in JSON, in JSON quoted by JSON, and in a url. @returns it */
export function keepSecret(secret: string): string {
  if (secret.length < SHORTEST || known.has(secret)) return secret;
  const json = inJson(secret);
  for (const written of [secret, json, inJson(json), percentEncoded(secret)]) known.add(written);
  const longestFirst = [...known].sort((a, b) => b.length - a.length);
  anyKnown = new RegExp(longestFirst.map(literally).join('|'), 'g');
  return secret;
}

/** Remembers the password of a url, if it has one. @returns the url */
export function keepPassword(url: string): string {
  if (!URL.canParse(url)) {
    // All of it may be secret.
    return keepSecret(url);
  }
  const { password, searchParams } = new URL(url);
  for (const found of [password, searchParams.get('password') ?? '']) {
    keepSecret(found);
    keepSecret(percentDecoded(found));
  }
  return url;
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Through a Buffer, because half a surrogate pair has no percent-encoding. */
function percentEncoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** The text, with each secret that was read blanked out. */
export function withoutKnownSecrets(text: string): string {
  return anyKnown === null ? text : text.replace(anyKnown, CENSORED);
}

const SECRET_KEY =
  '[\\w.-]*(?:token|secret|passw|authorization|cookie|response_?url|trigger_?id|connection_?string|database_(?:owner_)?url|redis_url|routing_key)[\\w.-]*';

const SHAPES: readonly (readonly [shape: RegExp, replacement: string])[] = [
  // A key and its value; then the same inside a string that is itself JSON, where the quotes are escaped.
  [new RegExp(`("${SECRET_KEY}":)("(?:[^"\\\\]|\\\\.)*"|[^",{}\\[\\]]+)`, 'gi'), `$1"${CENSORED}"`],
  [new RegExp(`(\\\\"${SECRET_KEY}\\\\":\\s*\\\\").*?(\\\\")`, 'gi'), `$1${CENSORED}$2`],
  // Slack's tokens, response URLs and Socket Mode tickets.
  [/\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]+/gi, CENSORED],
  [/https:\/\/hooks\.slack\.com\/[^\s"\\]+/gi, CENSORED],
  [/(\bwss?:\/\/[^\s"\\?]+\?)[^\s"\\]+/gi, `$1${CENSORED}`],
  // user:password@host of any URL, libpq's password=, HTTP authorization, and the signature of an AWS token.
  // The word "password", or a variable's name, stands there in examples of ours.
  [
    /(\b[a-z][a-z\d+.-]*:\/\/)[^\s"@]*:(?!(?:password|\\?\$\{NAME\})@[^\s"@]*(?:[\s"]|$))[^\s"]*@/gi,
    `$1${CENSORED}@`,
  ],
  [/(\b(?:password|token)=)(?:'[^']*'|[^\s"&,;\\]+)/gi, `$1${CENSORED}`],
  [/(\bBearer )[\w.~+/=-]+/gi, `$1${CENSORED}`],
  [/(\bX-Amz-(?:Signature|Security-Token)=)[^\s"&\\]+/gi, `$1${CENSORED}`],
];

/** The text, with each secret that was read, and anything that looks like one, blanked out. JSON stays valid. */
export function withoutSecrets(text: string): string {
  return SHAPES.reduce(
    (rest, [shape, replacement]) => rest.replace(shape, replacement),
    withoutKnownSecrets(text),
  );
}
