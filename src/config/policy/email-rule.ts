/** `email_pattern:` and `email_domains:`, by which a login follows from a confirmed e-mail address. */
import type { Origin, TargetConfig } from '../config.js';
import { oneOrMore, orNull, quote, scalar, Wrong } from '../yaml/fields.js';
import type { Parts } from '../yaml/parts.js';
import { type Layer, nearest, origin } from './layers.js';

const emailPattern = scalar('a pattern like "{local}"', (text) => {
  if (/\{(?:local|email)\}/.test(text.text) && !/[{}]/.test(text.text.replace(/\{(?:local|email)\}/g, ''))) {
    return text.text;
  }
  return new Wrong(
    `${quote(text)} must hold {local} (what stands before the "@") or {email}, and no other braces`,
  );
});

const emailDomain = scalar('a domain like example.com', (text) => {
  const domain = text.text.toLowerCase();
  if (/^(?:[a-z0-9-]+\.)+[a-z0-9-]+$/.test(domain)) return domain;
  return new Wrong(`${quote(text)} is not a domain like example.com`);
});

/** For defaults and targets. */
export const emailKeys = {
  email_pattern: orNull(emailPattern).optional(),
  email_domains: oneOrMore(emailDomain).optional(),
};

export interface EmailSettings {
  readonly email_pattern?: string | null | undefined;
  readonly email_domains?: readonly string[] | undefined;
}

/** @param layers nearest first. */
export function emailRuleOf(
  { problems }: Parts,
  layers: readonly Layer<EmailSettings>[],
): { readonly rule: TargetConfig['emailRule']; readonly origins: readonly Origin[] } {
  const pattern = nearest(layers, 'email_pattern');
  const domains = nearest(layers, 'email_domains');
  if (pattern === null) return { rule: null, origins: [origin('email_pattern', 'none', null)] };
  const shown = origin('email_pattern', pattern.value ?? 'none', pattern.layer);
  if (pattern.value === null) return { rule: null, origins: [shown] };
  if (domains === null) {
    const { source, path } = pattern.layer;
    const message = 'needs email_domains: the domains whose addresses may become logins';
    problems.push(source.problem([...path, 'email_pattern'], message, 'key'));
    return { rule: null, origins: [] };
  }
  // Mail for ana@example.com and for ana@example.org may be two people's.
  if (!pattern.value.includes('{email}') && new Set(domains.value).size > 1) {
    const { source, path } = pattern.layer;
    const message = `gives one login to everyone with that name in any of ${domains.value.join(', ')}; write {email}, or one domain`;
    problems.push(source.problem([...path, 'email_pattern'], message, 'key'));
    return { rule: null, origins: [] };
  }
  return {
    rule: { pattern: pattern.value, domains: domains.value },
    origins: [shown, origin('email_domains', domains.value.join(', '), domains.layer)],
  };
}
