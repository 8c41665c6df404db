import { describe, expect, it } from 'vitest';
import type { Inline } from './markup.js';
import { parseMrkdwn } from './parse.js';

/** The tree, written short: `b(bold)`, `<url label>`, `@U1`. */
function short(text: string, verbatim = false): string {
  return parseMrkdwn(text, verbatim)
    .map((paragraph) => {
      if (paragraph.type === 'preformatted') return `pre(${paragraph.text})`;
      const said = paragraph.children.map(one).join('');
      return paragraph.type === 'quote' ? `quote(${said})` : said;
    })
    .join(' ¶ ');
}

function one(node: Inline): string {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'bold':
    case 'italic':
    case 'strike':
      return `${node.type.charAt(0)}(${node.children.map(one).join('')})`;
    case 'code':
      return `code(${node.text})`;
    case 'emoji':
      return `[${node.name}${node.tone ?? ''}]`;
    case 'link':
      return `<${node.url}${node.label === null ? '' : ` ${node.label}`}>`;
    case 'user':
    case 'group':
    case 'channel':
      return `${node.type}(${node.id})`;
    case 'broadcast':
      return `all(${node.range})`;
    case 'date':
      return `date(${node.timestamp} ${node.format} ${node.url} ${node.fallback})`;
  }
}

describe('styles', () => {
  it.each([
    ['*bold* _italic_ ~strike~ `code`', 'b(bold) i(italic) s(strike) code(code)'],
    ['*_both_*', 'b(i(both))'],
    ['(*x*), *y*!', '(b(x)), b(y)!'],
    ['<@U0ANA>*x*', 'user(U0ANA)b(x)'],
    ['*`code`* ~`x`~', 'b(code(code)) s(code(x))'],
    ['*a `b*` c*', 'b(a code(b*) c)'],
    ['*see <https://a.b|x*y>*', 'b(see <https://a.b x*y>)'],
  ])('%s', (text, tree) => expect(short(text)).toBe(tree));

  it.each([
    'a*b*c',
    'snake_case_name',
    '__init__',
    '* a*',
    '*a *',
    '2 * 3 * 4',
    '*a\nb*',
    '`open',
    '``',
    '**',
    'a ~ b ~ c',
  ])('%j is text', (text) => expect(short(text)).toBe(text));
});

describe('code', () => {
  it.each([
    ['`a &lt; *b* :tada: <@U1>`', 'code(a < *b* :tada: @U1)'],
    ['`&amp;lt;`', 'code(&lt;)'],
    ['`<https://a.b|a&lt;b>`', 'code(a<b)'],
    ['a ```b *c*\nd``` e', 'a  ¶ pre(b *c*\nd) ¶  e'],
    ['a\n```\nselect 1 &lt; 2;\n```\nb', 'a ¶ pre(select 1 < 2;) ¶ b'],
    ['```<https://a.b|here>```', 'pre(here)'],
    ['```open', '```open'],
  ])('%j', (text, tree) => expect(short(text)).toBe(tree));
});

describe('quotes', () => {
  it.each([
    ['&gt; a\n&gt; b\nc', 'quote(a\nb) ¶ c'],
    ['> raw\nc', 'quote(raw) ¶ c'],
    ['a &gt; b', 'a > b'],
    ['&gt;&gt;&gt; a\nb\n\nc', 'quote(a\nb\n\nc)'],
    ['a\n&gt;*b*', 'a ¶ quote(b(b))'],
    ['&gt; &gt; a', 'quote(> a)'],
  ])('%j', (text, tree) => expect(short(text)).toBe(tree));
});

describe('what stands between < and >', () => {
  it.each([
    ['<https://a.b/c?d=1&amp;e=2|label>', '<https://a.b/c?d=1&e=2 label>'],
    ['<https://a.b>', '<https://a.b>'],
    ['<mailto:ana@a.b|Ana>', '<mailto:ana@a.b Ana>'],
    [
      '<@U1> <@W2|ana> <#C1> <#C2|access> <!subteam^S1|@dba>',
      'user(U1) user(W2) channel(C1) channel(C2) group(S1)',
    ],
    ['<!here> <!channel> <!everyone>', 'all(here) all(channel) all(everyone)'],
    ['<!date^1795230715^{date} at {time}|soon>', 'date(1795230715 {date} at {time} null soon)'],
    ['<!date^1^{date}^https://a.b|soon>', 'date(1 {date} https://a.b soon)'],
    ['<!date^1^{date}^javascript:x|soon>', 'date(1 {date} null soon)'],
    ['<!new^1|label>', 'label'],
    ['<javascript:alert(1)|click>', '<javascript:alert(1)|click>'],
    ['<not a link>', '<not a link>'],
    ['a < b', 'a < b'],
    ['<', '<'],
  ])('%s', (text, tree) => expect(short(text)).toBe(tree));
});

describe('addresses without marks', () => {
  it.each([
    ['see https://a.b/c?d=1.', 'see <https://a.b/c?d=1>.'],
    ['(https://a.b/c)', '(<https://a.b/c>)'],
    ['*https://a.b*', 'b(<https://a.b>)'],
    ['https://a.b/?x=1&amp;y=2', '<https://a.b/?x=1&y=2>'],
    ['&lt;https://a.b&gt;', '<<https://a.b>>'],
    ['xhttps://a.b', 'xhttps://a.b'],
    ['https://', 'https://'],
  ])('%s', (text, tree) => expect(short(text)).toBe(tree));

  it('are no links in verbatim texts', () => {
    expect(short('see https://a.b', true)).toBe('see https://a.b');
    expect(short('<https://a.b>', true)).toBe('<https://a.b>');
  });
});

describe('emoji', () => {
  it.each([
    [':tada: :+1::skin-tone-3:', '[tada] [+13]'],
    ['10:30:45', '10[30]45'],
    [':Not: : a :', ':Not: : a :'],
  ])('%s', (text, tree) => expect(short(text)).toBe(tree));
});

describe('entities', () => {
  it('are decoded once, and make no markup', () => {
    expect(short('&lt;@U1&gt; &amp;lt; &amp;amp; &quot;')).toBe('<@U1> &lt; &amp; &quot;');
  });
});

it.each([
  ['*'.repeat(3_000)],
  [' *a _b ~c'.repeat(330)],
  ['*_~`'.repeat(750)],
  ['<'.repeat(3_000)],
  ['&gt;'.repeat(750)],
  [' `a'.repeat(1_000)],
  ['https://'.repeat(375)],
])('hostile text %#is read at once', (text) => {
  const before = performance.now();
  short(text);
  expect(performance.now() - before).toBeLessThan(1_000);
});
