import { describe, expect, it } from 'vitest';
import { parseShortcut } from '../../src/slack/payloads/shortcuts.js';

const ERROR = 'ERROR: permission denied for table invoices';
const textOf = (message: unknown) =>
  parseShortcut({ trigger_id: '1.2.3', channel: { id: 'C0CARDS' }, message })?.text;

describe('the text of a message', () => {
  it.each([
    ['as somebody wrote it', { text: ERROR }],
    ['in an attachment of an integration', { text: '', attachments: [{ fallback: ERROR, text: ERROR }] }],
    ['in a field', { attachments: [{ fields: [{ title: 'Error', value: ERROR }] }] }],
    ['in a section', { blocks: [{ type: 'section', text: { type: 'mrkdwn', text: ERROR } }] }],
    [
      'in the pieces of rich text',
      {
        blocks: [
          {
            type: 'rich_text',
            elements: [
              {
                type: 'rich_text_preformatted',
                elements: [
                  { type: 'text', text: 'ERROR: permission denied ' },
                  { type: 'text', text: 'for table invoices' },
                ],
              },
            ],
          },
        ],
      },
    ],
    [
      'in a message that was shared',
      { attachments: [{ message_blocks: [{ message: { blocks: [{ text: { text: ERROR } }] } }] }] },
    ],
  ])('%s', (_, message) => {
    expect(textOf(message)).toContain(ERROR);
  });

  it('is as people read it, and each text once', () => {
    expect(textOf({ text: 'a &lt;b&gt; &amp;amp; <https://x.example|the page> <@U1|ana>' })).toBe(
      'a <b> &amp; the page ana',
    );
    expect(textOf({ text: ERROR, blocks: [{ text: { text: ERROR } }] })).toBe(ERROR);
  });

  it('is cut, however much there is, and nothing in it is trusted', () => {
    let deep: unknown = { text: ERROR };
    for (let i = 0; i < 10_000; i++) deep = { blocks: [deep] };
    expect(textOf(deep)).toBe('');
    const began = performance.now();
    expect(
      textOf({ text: '<'.repeat(200_000), attachments: Array(5_000).fill({ text: 'x'.repeat(100) }) })
        ?.length,
    ).toBeLessThanOrEqual(41_000);
    expect(performance.now() - began).toBeLessThan(500);
    expect(textOf(null)).toBe('');
    expect(textOf({ text: 7, blocks: 'x', attachments: [null, 3] })).toBe('');
    expect(
      parseShortcut({ trigger_id: 'x', channel: { id: '<!channel>' }, message: {} })?.channel,
    ).toBeNull();
    expect(parseShortcut({ channel: { id: 'C0CARDS' } })).toBeNull();
  });
});
