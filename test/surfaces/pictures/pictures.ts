/**
 * `npm run docs:texts`: every text that people read as pictures in light and dark, to be looked at, in build/texts/. It
 * needs Chromium.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../../browser/chromium.js';
import { ALL, ALL_SENTENCES } from '../texts/all.js';
import type { Sample } from '../texts/sample.js';
import { draw, drawMrkdwn, escapeHtml } from './draw.js';
import { STYLE } from './style.js';

const OUT = 'build/texts';
const THEMES = ['light', 'dark'] as const;

function page(theme: string, body: string): string {
  return `<!doctype html><meta charset="utf-8"><title>What people read</title><style>${STYLE}</style><body class="${theme}">${body}</body>`;
}

function drawSample({ path, shown }: Sample): string {
  return `<div class="sample" id="${path}"><div class="path">${path}</div>${draw(shown)}</div>`;
}

function drawSentences(): string {
  return Object.entries(ALL_SENTENCES)
    .map(([name, sentences]) => {
      const drawn = sentences.map(({ path, state, text }) => {
        const about = escapeHtml(state === null ? path : `${path}, ${state}`);
        return `<div class="path">${about}</div><div class="section"><div>${drawMrkdwn(text)}</div></div>`;
      });
      return `<div class="sample" id="sentences/${name}">${drawn.join('')}</div>`;
    })
    .join('');
}

async function photograph(shown: Page, theme: string): Promise<number> {
  const samples = await shown.locator('.sample').all();
  for (const sample of samples) {
    const path = join(OUT, theme, `${await sample.getAttribute('id')}.png`);
    await mkdir(dirname(path), { recursive: true });
    await sample.screenshot({ path });
  }
  return samples.length;
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const browser = await launchChromium();
try {
  const body = ALL.map(drawSample).join('') + drawSentences();
  for (const theme of THEMES) {
    const html = page(theme, body);
    await writeFile(join(OUT, `${theme}.html`), html);
    const shown = await browser.newPage({ viewport: { width: 660, height: 900 }, deviceScaleFactor: 1.5 });
    await shown.setContent(html);
    console.log(
      `${await photograph(shown, theme)} pictures in ${OUT}/${theme}, all of them in ${OUT}/${theme}.html`,
    );
    await shown.close();
  }
} finally {
  await browser.close();
}
