/** A message, a form or a Home as plain text, in the order in which somebody reads it. */
import type { HomeView, ModalView } from '@slack/types';
import type { Message } from '../../src/surfaces/kit/message.js';
import { emojiOf, showTokens } from './as-slack-shows.js';

type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** mrkdwn with its names, times and emoji as Slack shows them; bold and code keep their marks. */
export function mrkdwnAsText(mrkdwn: string): string {
  return showTokens(mrkdwn, {
    plain: (text) =>
      text
        .replace(/:([a-z0-9_]+):(?= )/g, (_, name: string) => emojiOf(name))
        .replace(/&(lt|gt|amp);/g, (_, name) => (name === 'lt' ? '<' : name === 'gt' ? '>' : '&')),
    mention: (name) => name,
    link: (url, words) => `${words} (${url})`,
  });
}

/** A text object; '' for anything else. */
function textOf(value: unknown): string {
  if (!isJson(value) || typeof value.text !== 'string') return '';
  return value.type === 'mrkdwn' ? mrkdwnAsText(value.text) : value.text;
}

/** @returns the lines, and after them what its buttons ask before they do it. */
export function messageAsText({ text, blocks }: Message): string {
  const shown = listOf(blocks).flatMap(blockLines);
  const heard = mrkdwnAsText(text).split('\n');
  const told = shown.join('\n').replace(/[*`]/g, '');
  const unseen = heard.slice(1).filter((line) => !told.includes(line.replace(/[*`]/g, '')));
  return page([
    ...shown,
    '',
    `Notification: ${heard[0]}${heard.length > 1 && unseen.length === 0 ? ' … and the rest of it' : ''}`,
    ...unseen,
    ...asides(blocks),
  ]);
}

export function viewAsText(view: ModalView | HomeView): string {
  const lines = listOf(view.blocks).flatMap(blockLines);
  if (view.type === 'home') return page([...lines, ...asides(view.blocks)]);
  const { title, submit, close } = view;
  const buttons = [close, submit].filter((each) => each !== undefined).map(({ text }) => `[${text}]`);
  return page([`=== ${title.text} ===`, '', ...lines, '', buttons.join(' '), ...asides(view.blocks)]);
}

function page(lines: readonly string[]): string {
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

function blockLines(block: Json): readonly string[] {
  switch (block.type) {
    case 'header':
      return ['', `## ${textOf(block.text)}`, ''];
    case 'divider':
      return ['', '-----'];
    case 'alert':
      return [`!! ${textOf(block.text)}`, ''];
    case 'section': {
      const beside = isJson(block.accessory) ? [elementLine(block.accessory)] : [];
      return [textOf(block.text), ...beside, ''];
    }
    case 'context':
      return [listOf(block.elements).map(textOf).join(' ')];
    case 'actions':
      return [listOf(block.elements).map(elementLine).join(' '), ''];
    case 'input': {
      const label = `${textOf(block.label)}${block.optional === true ? ' (optional)' : ''}`;
      const hint = textOf(block.hint);
      return [
        `${label}:`,
        `  ${isJson(block.element) ? elementLine(block.element) : ''}`,
        ...(hint === '' ? [] : [`  ${hint}`]),
        '',
      ];
    }
    default:
      throw new Error(`nobody has said how a ${String(block.type)} block reads`);
  }
}

function elementLine(element: Json): string {
  const options = listOf(element.options).map(optionText);
  const placeholder = textOf(element.placeholder);
  switch (element.type) {
    case 'button':
      return `[${textOf(element.text)}]`;
    case 'overflow':
      return `[⋯ ${options.join(' | ')}]`;
    case 'static_select':
    case 'external_select':
    case 'users_select': {
      const chosen = isJson(element.initial_option) ? optionText(element.initial_option) : placeholder;
      return `[${chosen} ▾${options.length === 0 ? '' : ` ${options.join(' | ')}`}]`;
    }
    case 'checkboxes':
      return options.map((option) => `[ ] ${option}`).join('\n  ');
    case 'plain_text_input':
      return typeof element.initial_value === 'string'
        ? `| ${element.initial_value}`
        : `|${placeholder === '' ? '' : ` (${placeholder})`}`;
    default:
      throw new Error(`nobody has said how a ${String(element.type)} reads`);
  }
}

function optionText(option: Json): string {
  const description = textOf(option.description);
  return `${textOf(option.text)}${description === '' ? '' : ` — ${description}`}`;
}

/** What is read only on a click, or only heard: what asks once more, and what a screen reader says. */
function asides(blocks: unknown): readonly string[] {
  const elements = listOf(blocks).flatMap(({ elements, accessory }) => [
    ...listOf(elements),
    ...(isJson(accessory) ? [accessory] : []),
  ]);
  const asks = elements.flatMap((element) => {
    const { confirm } = element;
    if (!isJson(confirm)) return [];
    const name = textOf(element.text) || textOf(element.placeholder);
    return [
      `Before [${name}]: ${textOf(confirm.title)} ${textOf(confirm.text)} [${textOf(confirm.deny)}] [${textOf(confirm.confirm)}]`,
    ];
  });
  const heard = elements.flatMap(({ accessibility_label: label }) =>
    typeof label === 'string' ? [`Screen reader: ${label}`] : [],
  );
  return [...new Set([...asks, ...heard])];
}
