/** A message, a form or a Home as a piece of HTML that looks like Slack. */
import { emojiOf, showTokens } from '../../support/as-slack-shows.js';
import type { Shown } from '../texts/sample.js';

type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** mrkdwn as HTML. Its `&amp;`, `&lt;` and `&gt;` are HTML already. */
export function drawMrkdwn(mrkdwn: string): string {
  const pieces = mrkdwn.split(/(```[\s\S]*?```|`[^`\n]+`)/);
  return pieces
    .map((piece) => {
      if (piece.startsWith('```')) return `<pre>${piece.slice(3, -3)}</pre>`;
      return piece.startsWith('`') && piece.length > 1
        ? `<code>${piece.slice(1, -1)}</code>`
        : drawWords(piece);
    })
    .join('')
    .replace(/\*(?=\S)([^*\n]+)\*/g, '<b>$1</b>')
    .replaceAll('\n', '<br>');
}

function drawWords(text: string): string {
  return showTokens(text, {
    plain: (words) => words.replace(/:([a-z0-9_]+):(?= )/g, (_, name: string) => emojiOf(name)),
    mention: (name) => `<span class="mention">${name}</span>`,
    link: (_, words) => `<a>${words}</a>`,
  });
}

function textOf(value: unknown): string {
  if (!isJson(value) || typeof value.text !== 'string') return '';
  return value.type === 'mrkdwn' ? drawMrkdwn(value.text) : escapeHtml(value.text).replaceAll('\n', '<br>');
}

export function draw(shown: Shown): string {
  const blocks = listOf(shown.blocks).map(drawBlock).join('');
  if (!('type' in shown)) {
    return `<div class="message"><div class="face"></div><div><div class="who"><b>Hallpass</b> <small>APP</small></div>${blocks}</div></div>`;
  }
  if (shown.type === 'home') return `<div class="home">${blocks}</div>`;
  const { title, submit, close } = shown;
  const buttons = `${close ? drawButton(textOf(close), '') : ''}${submit ? drawButton(textOf(submit), 'primary') : ''}`;
  return `<div class="modal"><div class="title">${textOf(title)}</div>${blocks}<div class="foot">${buttons}</div></div>`;
}

function drawBlock(block: Json): string {
  const elements = () => listOf(block.elements).map(drawElement).join(' ');
  switch (block.type) {
    case 'header':
      return `<h3>${textOf(block.text)}</h3>`;
    case 'divider':
      return '<hr>';
    case 'alert':
      return `<div class="alert ${String(block.level)}">${textOf(block.text)}</div>`;
    case 'section':
      return `<div class="section"><div>${textOf(block.text)}</div>${isJson(block.accessory) ? drawElement(block.accessory) : ''}</div>`;
    case 'context':
      return `<div class="context">${listOf(block.elements).map(textOf).join(' ')}</div>`;
    case 'actions':
      return `<div class="actions">${elements()}</div>`;
    case 'input': {
      const optional = block.optional === true ? ' <small>(optional)</small>' : '';
      const element = isJson(block.element) ? drawElement(block.element) : '';
      return `<div class="input"><b>${textOf(block.label)}</b>${optional}${element}<small>${textOf(block.hint)}</small></div>`;
    }
    default:
      throw new Error(`nobody has said how a ${String(block.type)} block looks`);
  }
}

function drawButton(words: string, style: unknown): string {
  return `<span class="button ${typeof style === 'string' ? style : ''}">${words}</span>`;
}

function drawElement(element: Json): string {
  const { confirm, initial_option: chosen } = element;
  const asks = isJson(confirm)
    ? `<div class="confirm"><b>${textOf(confirm.title)}</b><br>${textOf(confirm.text)}<br>${drawButton(textOf(confirm.deny), '')} ${drawButton(textOf(confirm.confirm), confirm.style ?? 'primary')}</div>`
    : '';
  const options = listOf(element.options).map((option) => textOf(option.text));
  switch (element.type) {
    case 'button':
      return `<span>${drawButton(textOf(element.text), element.style)}${asks}</span>`;
    case 'overflow':
      return `<span>${drawButton('⋯', '')}<small>${options.join(' · ')}</small></span>`;
    case 'static_select':
    case 'external_select':
    case 'users_select': {
      const shown = isJson(chosen) ? textOf(chosen.text) : `<i>${textOf(element.placeholder)}</i>`;
      return `<span><span class="select">${shown} <span>⌄</span></span><small>${options.join(' · ')}</small>${asks}</span>`;
    }
    case 'checkboxes':
      return options.map((words) => `<div>☐ ${words}</div>`).join('');
    case 'plain_text_input': {
      const { initial_value: typed, multiline } = element;
      const words = typeof typed === 'string' ? escapeHtml(typed) : `<i>${textOf(element.placeholder)}</i>`;
      return `<div class="text ${multiline === true ? 'tall' : ''}">${words}</div>`;
    }
    default:
      throw new Error(`nobody has said how a ${String(element.type)} looks`);
  }
}
