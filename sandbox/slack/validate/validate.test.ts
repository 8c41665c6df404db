import { describe, expect, it } from 'vitest';
import { checkBlocks } from './message.js';
import { checkHome, checkModal } from './view.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const section = { type: 'section', text: { type: 'mrkdwn', text: 'hello' } };
const button = { type: 'button', action_id: 'go', text: plain('Go') };
const options = [{ text: plain('One'), value: '1' }];
const input = (element: object, rest: object = {}) => ({
  type: 'input',
  label: plain('L'),
  element,
  ...rest,
});
const modal = (...blocks: object[]) => ({ type: 'modal', title: plain('T'), submit: plain('S'), blocks });

function complaints(
  checked: ReturnType<typeof checkBlocks> | ReturnType<typeof checkModal>,
): readonly string[] {
  return checked.ok ? [] : checked.messages;
}

describe('blocks of a message', () => {
  it('are kept with the defaults that Slack fills in', () => {
    const checked = checkBlocks([
      section,
      { type: 'actions', elements: [button] },
      { type: 'divider', block_id: 'd' },
    ]);
    expect(checked).toMatchObject({
      ok: true,
      value: [
        { block_id: expect.stringMatching(/^\w{5}$/), text: { verbatim: false } },
        { elements: [{ text: { emoji: true } }] },
        { block_id: 'd' },
      ],
    });
  });

  it.each([
    [[{ type: 'banner' }], 'unsupported type: banner [json-pointer:/blocks/0/type]'],
    [[{ ...section, colour: 'red' }], 'invalid additional property: colour [json-pointer:/blocks/0]'],
    [[{ type: 'section' }], 'missing required field: text [json-pointer:/blocks/0]'],
    [[{ type: 'header' }], 'missing required field: text [json-pointer:/blocks/0]'],
    [
      [{ type: 'header', text: plain('x'.repeat(151)) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
      'must be one of: plain_text [json-pointer:/blocks/0/text/type]',
    ],
    [
      [{ type: 'section', text: plain('') }],
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      [{ ...section, text: { ...section.text, emoji: true } }],
      'invalid additional property: emoji [json-pointer:/blocks/0/text]',
    ],
    [Array(51).fill(section), 'no more than 50 items allowed [json-pointer:/blocks]'],
    [[{ type: 'actions', elements: [] }], 'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]'],
    [
      [{ type: 'actions', elements: [{ ...button, style: 'default' }] }],
      'must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      [{ type: 'actions', elements: [{ ...button, text: plain('x'.repeat(76)) }] }],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      [{ type: 'actions', elements: [{ type: 'plain_text_input', action_id: 'x' }] }],
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      [{ type: 'actions', elements: [button, button] }],
      'action_id go already exists [json-pointer:/blocks/0/elements]',
    ],
    [
      [
        { ...section, block_id: 'b' },
        { ...section, block_id: 'b' },
      ],
      'block_id b already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      [
        {
          type: 'actions',
          elements: [{ ...button, confirm: { title: plain('Sure?'), text: plain('Really?') } }],
        },
      ],
      'missing required field: confirm [json-pointer:/blocks/0/elements/0/confirm]',
    ],
  ])('%j is refused', (blocks, complaint) => {
    expect(complaints(checkBlocks(blocks))).toContain(complaint);
  });
});

describe('a view', () => {
  it.each([
    [
      { ...modal(section), title: plain('x'.repeat(25)) },
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    [{ type: 'modal', blocks: [section] }, 'missing required field: title [json-pointer:/view]'],
    [
      { type: 'modal', title: plain('T'), blocks: [input({ type: 'plain_text_input', action_id: 'a' })] },
      'missing required field: submit (the view has an input block) [json-pointer:/view]',
    ],
    [
      { ...modal(section), private_metadata: 'x'.repeat(3001) },
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [modal(), 'no fewer than 1 items allowed [json-pointer:/view/blocks]'],
    [modal({ type: 'markdown', text: 'x' }), 'unsupported type: markdown [json-pointer:/view/blocks/0/type]'],
    [
      modal(input({ type: 'static_select', action_id: 'a', options: [] })),
      'no fewer than 1 items allowed [json-pointer:/view/blocks/0/element/options]',
    ],
    [
      modal(input({ type: 'static_select', action_id: 'a' })),
      'must have exactly one of options and option_groups [json-pointer:/view/blocks/0/element]',
    ],
    [
      modal(input({ type: 'static_select', action_id: 'a', options: Array(101).fill(options[0]) })),
      'no more than 100 items allowed [json-pointer:/view/blocks/0/element/options]',
    ],
    [
      modal(
        input({
          type: 'static_select',
          action_id: 'a',
          options,
          initial_option: { text: plain('Two'), value: '2' },
        }),
      ),
      'the initial option must be one of the options [json-pointer:/view/blocks/0/element]',
    ],
    [
      modal(input({ type: 'number_input', action_id: 'a' })),
      'missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]',
    ],
    [
      modal(
        input({ type: 'plain_text_input', action_id: 'a', focus_on_load: true }),
        input({ type: 'plain_text_input', action_id: 'b', focus_on_load: true }),
      ),
      'only one element may have focus_on_load [json-pointer:/view/blocks]',
    ],
  ])('%j is refused', (view, complaint) => {
    expect(complaints(checkModal(view))).toContain(complaint);
  });

  it('takes an alert of 200 characters in a modal alone', () => {
    const alert = (length: number) => ({ type: 'alert', level: 'warning', text: plain('x'.repeat(length)) });
    expect(checkModal(modal(alert(200))).ok).toBe(true);
    expect(checkModal(modal(alert(201))).ok).toBe(false);
    expect(checkHome({ type: 'home', blocks: [alert(1)] }).ok).toBe(false);
    expect(checkBlocks([alert(1)]).ok).toBe(false);
  });

  it('of App Home takes no title', () => {
    expect(checkHome({ type: 'home', blocks: [section] }).ok).toBe(true);
    expect(checkHome({ type: 'home', title: plain('T'), blocks: [section] }).ok).toBe(false);
  });

  it('is kept with the defaults that Slack fills in', () => {
    expect(checkModal(modal(input({ type: 'plain_text_input', action_id: 'a' })))).toMatchObject({
      ok: true,
      value: {
        private_metadata: '',
        callback_id: '',
        notify_on_close: false,
        clear_on_close: false,
        title: { emoji: true },
        blocks: [
          {
            optional: false,
            dispatch_action: false,
            element: { dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] } },
          },
        ],
      },
    });
  });
});
