import { describe, expect, it } from 'vitest';
import {
  code,
  inline,
  mention,
  mentions,
  ownWords,
  plainName,
  truncate,
  when,
  whenPlain,
} from '../../src/surfaces/kit/text.js';

describe('names', () => {
  it.each([
    ['orders_read', '`orders_read`'],
    ['a`b', '`aˋb`'],
    ['<!channel>', '`&lt;!channel&gt;`'],
    ['a&amp;b', '`a&amp;amp;b`'],
    ['one\ntwo', '`one\\u{a}two`'],
    ['pay\u202Eroll', '`pay\\u{202e}roll`'],
    ['zero\u200Bwidth', '`zero\\u{200b}width`'],
    ['blank\u3164', '`blank\\u{3164}`'],
  ])('%j is shown as the inline code %s', (name, shown) => {
    expect(code(name)).toBe(shown);
  });

  it('shows a name of 63 bytes whole, whatever its script', () => {
    expect(code('r'.repeat(63))).toBe(`\`${'r'.repeat(63)}\``);
    expect(code('𝔯'.repeat(15))).toBe(`\`${'𝔯'.repeat(15)}\``);
  });

  it('cuts between characters and never inside an escape', () => {
    expect(truncate('𝔯𝔯𝔯𝔯', 6)).toBe('𝔯𝔯…');
    for (const length of [1, 2, 3, 4, 5, 1_000]) {
      const texts = ['𝔯'.repeat(length), `a${'𝔯'.repeat(length)}`];
      for (const text of texts) {
        for (const max of [3, 4, 5]) {
          const whole = text.length <= max;
          const fit = text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '');
          expect(truncate(text, max)).toBe(whole ? text : `${fit}…`);
          expect(plainName(text, max)).toBe(whole ? text : `${fit}…`);
        }
      }
    }
    expect(inline('&&&&', 12)).toBe('&amp;&amp;…');
    expect(plainName('ab\u200Bcd', 8)).toBe('ab…');
    expect(code('&'.repeat(63))).toMatch(/^`(&amp;)+…`$/);
  });
});

describe("somebody's own words", () => {
  it('become one inert line inside our mrkdwn', () => {
    expect(inline('<https://evil|ok>\n*now* ~x~ `y` \u202E& <!here>', 200)).toBe(
      '&lt;https://evil|ok&gt; ∗now∗ ∼x∼ ˋyˋ &amp; &lt;!here&gt;',
    );
  });

  it('keep their lines and their emoji in plain text, and lose what hides or reorders it', () => {
    expect(ownWords('  one\r\ntwo\n\n\n\n👩‍💻 three\u202E\u200B\u0007 ', 100)).toBe('one\ntwo\n\n👩‍💻 three');
    expect(ownWords('x'.repeat(4_000), 1_500)).toBe(`${'x'.repeat(1_499)}…`);
  });
});

it('shows a time in the zone of its reader, with one that names its zone to fall back on', () => {
  const date = new Date('2026-11-21T03:11:15.900Z');
  expect(when(date)).toBe('<!date^1795230675^{date_short_pretty} at {time}|2026-11-21 03:11 UTC>');
  expect(whenPlain(date)).toBe('2026-11-21 03:11 UTC');
});

it('mentions people and groups, ten at most, and nothing that is neither', () => {
  expect(
    mentions([
      { id: 'U0ANA', name: null },
      { id: 'S0DBA', name: 'dba' },
    ]),
  ).toBe('<@U0ANA>, <!subteam^S0DBA>');
  const many = mentions(Array.from({ length: 100 }, (_, i) => ({ id: `U${i}`, name: null })));
  expect(many.match(/<@U\d+>/g)).toHaveLength(10);
  expect(many).toMatch(/ and 90 more$/);
  expect(mentions([])).toBe('nobody');
  expect(mention('!channel>')).toBe('!channel&gt;');
});
