/** The longest and most hostile that people, servers and the configuration may hold, and what must not become of it. */
import { expect } from 'vitest';
import { checkBlocks } from '../../sandbox/slack/validate/message.js';
import type { Message } from '../../src/surfaces/kit/message.js';
import { textsIn } from './samples.js';

const EVIL = '<!channel> `*_~` <https://evil|ok> <@U0BO> & &lt; \u202E\u200B "\'\n> quote\r\n:tada: ';
export const HOSTILE: readonly { readonly name: string; readonly long: string }[] = [
  { name: 'plain', long: 'plain' },
  { name: EVIL.slice(0, 63), long: EVIL.repeat(50) },
  { name: '`'.repeat(63), long: '`'.repeat(4_000) },
  { name: '&'.repeat(63), long: '&'.repeat(4_000) },
  { name: '\u0007'.repeat(63), long: `a${'\n'.repeat(4_000)}b` },
  { name: '𝔯'.repeat(15), long: '👩‍💻'.repeat(1_000) },
  { name: '\u{E0041}'.repeat(15), long: '\u200B'.repeat(4_000) },
  { name: '\uD800'.repeat(21), long: '\uDC00'.repeat(4_000) },
];

/** Ours: mentions of users, groups and channels, and dates. */
const MARKUP =
  /<@[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|<#[CG][A-Z0-9]+>|<!date\^\d+\^\{date_short_pretty\} at \{time\}\|[-\d]+ [\d:]+ UTC>/g;

export function expectInert(mrkdwn: string): void {
  const rest = mrkdwn.replace(MARKUP, '');
  expect(rest).not.toMatch(/[<>]/);
  expect(rest).not.toMatch(/&(?!(?:amp|lt|gt);)/);
  expect(rest.split('`').length % 2, 'backticks in pairs').toBe(1);
  expect(rest).not.toContain('\u202E');
}

export function expectFit(message: Message): void {
  expect(checkBlocks(message.blocks)).toMatchObject({ ok: true });
  // chat.update: msg_too_long.
  expect(message.text.length).toBeLessThanOrEqual(4_000);
  expect(message.text).not.toMatch(/^\s*$/m);
  for (const mrkdwn of [
    message.text,
    ...textsIn(message.blocks)
      .filter((t) => t.type === 'mrkdwn')
      .map((t) => t.text),
  ]) {
    expectInert(mrkdwn);
  }
  for (const { text } of textsIn(message.blocks).filter(({ type }) => type === 'plain_text')) {
    expect(text).not.toContain('\u202E');
  }
}
