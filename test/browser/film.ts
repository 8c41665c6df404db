/** Pictures for the documents: small ones, and one that moves. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';

/** `npm run docs:images` replaces those of the documents; every other run leaves them alone. */
export const IMAGES = join(
  import.meta.dirname,
  '../..',
  process.env.DOCS_IMAGES === undefined ? 'build/images' : 'docs/images',
);
/** Pixels. Twice as many as a page shows it with, for the screens of today. */
const FILM_WIDTH = 1280;

/** What is shown of the page, or a part of it: NAME.png. */
export async function picture(page: Page, name: string, of: Locator | null = null): Promise<void> {
  await page.mouse.move(0, 0);
  const png = await (of ?? page).screenshot({ animations: 'disabled', caret: 'hide' });
  await sharp(png)
    .png({ palette: true, quality: 90, effort: 10 })
    .toFile(join(IMAGES, `${name}.png`));
}

/** A mouse that can be seen, as text: this program knows no browser's types. */
const POINTER = ({ x, y }: { readonly x: number; readonly y: number }) => `
  const shown = document.querySelector('#pointer') ?? document.body.appendChild(document.createElement('div'));
  shown.id = 'pointer';
  shown.style.cssText = 'position:fixed;z-index:99999;pointer-events:none;width:26px;height:26px;left:${x}px;top:${y}px';
  shown.innerHTML = '<svg viewBox="0 0 24 24"><path d="M4 2v17l4.5-4 3 7 3-1.3-3-6.7H18z" fill="#111" stroke="#fff" stroke-width="1.5"/></svg>';
`;

export class Film {
  readonly #page: Page;
  readonly #frames: { readonly png: Buffer; readonly ms: number }[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  /** Shows what is there now, for so long. */
  async hold(ms: number): Promise<void> {
    const png = await this.#page.screenshot({ animations: 'disabled' });
    const { height = 0, width = 1 } = this.#page.viewportSize() ?? {};
    const size = { width: FILM_WIDTH, height: Math.round((FILM_WIDTH * height) / width) };
    this.#frames.push({ png: await sharp(png).resize(size).png().toBuffer(), ms });
  }

  /** Shows the mouse on it for a moment, and clicks. */
  async click(target: Locator): Promise<void> {
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (box === null) throw new Error(`nothing to click: ${target}`);
    await this.#page.evaluate(POINTER({ x: box.x + box.width * 0.6, y: box.y + box.height * 0.5 }));
    await this.hold(600);
    await target.click();
  }

  /** Writes NAME.webp. */
  async save(name: string): Promise<void> {
    await sharp(
      this.#frames.map(({ png }) => png),
      { join: { animated: true } },
    )
      .webp({ quality: 82, effort: 6, loop: 0, delay: this.#frames.map(({ ms }) => ms) })
      .toFile(join(IMAGES, `${name}.webp`));
  }
}
