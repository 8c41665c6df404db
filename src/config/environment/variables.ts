/** The environment's variables as they are given: in clear, in a file (`NAME_FILE`), or with references to others. */
import { readFileSync } from 'node:fs';
import { coerceError } from '../../errors.js';
import { keepPassword, keepSecret } from '../../secrets.js';
import type { Variables } from '../yaml/text.js';

/** Each of these can be given as `NAME_FILE`. */
const SECRETS = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'REDIS_URL',
  'PAGERDUTY_TOKEN',
  'PAGERDUTY_EVENTS_ROUTING_KEY',
  'AUDIT_KEY',
  'AUDIT_PUBLIC_KEY',
] as const;

/** Stands for a secret that can't be read: an error only where that secret is needed. */
export class Unusable {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

export type Given = Readonly<Record<string, string | Unusable | undefined>>;

/** The variables that are set, with secrets from their files; each secret is kept from the log. */
export function gather(variables: Variables): Given {
  const given: Record<string, string | Unusable | undefined> = {};
  for (const [name, value] of Object.entries(variables)) if (value !== '') given[name] = value;
  for (const name of SECRETS) {
    const file = given[`${name}_FILE`];
    if (typeof file !== 'string') continue;
    given[name] =
      given[name] === undefined ? fromFile(file) : new Unusable(`${name}_FILE is set too; set one of them`);
  }
  for (const name of SECRETS) {
    const value = given[name];
    if (typeof value !== 'string') continue;
    if (!name.endsWith('_URL')) keepSecret(value);
    else {
      const url = withReferences(value, variables);
      given[name] = url;
      if (typeof url === 'string') keepPassword(url);
    }
  }
  return given;
}

/** Replaces `${NAME}` in a url by the value of that variable, percent-encoded. */
function withReferences(url: string, variables: Variables): string | Unusable {
  const missing: string[] = [];
  const whole = url.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = variables[name] ?? '';
    if (value === '') missing.push(name);
    return encodeURIComponent(keepSecret(value));
  });
  return missing.length === 0 ? whole : new Unusable(`names ${missing.join(', ')}, which is not set`);
}

function fromFile(file: string): string | Unusable {
  try {
    // Editors add a line break at the end.
    return readFileSync(file, 'utf8').trimEnd() || new Unusable(`the file ${file} is empty`);
  } catch (error) {
    return new Unusable(`its file can't be read: ${coerceError(error).message}`);
  }
}
