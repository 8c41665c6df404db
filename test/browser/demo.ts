/** The demo as `npm run demo` opens it, and pages of it in a real browser. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type OpenStage, openStage } from '../../sandbox/page/server/open-stage.js';
import { launchChromium } from './chromium.js';

const ROOT = join(import.meta.dirname, '../..');
/** Where pictures of failed tests go. */
const SEEN = join(ROOT, 'build/browser');
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
/** How long a page waits for what should show, milliseconds: Hallpass looks at least every 15 s. */
const PATIENCE_MS = 30_000;

export interface Demo {
  readonly opened: OpenStage;
  /** A browser of its own, as it were: with no cookie. */
  openPage(options?: BrowserContextOptions): Promise<Page>;
}

/** Call it at the top of a file. In the end it expects that no page of it had an error. */
export function demo(): Demo {
  let opened: OpenStage;
  let browser: Browser;
  let files: string;
  const wrong: string[] = [];

  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'hallpass-page-'));
    const config = join(ROOT, 'sandbox/page/client/vite.config.ts');
    const built = build({
      configFile: config,
      logLevel: 'warn',
      build: { outDir: files, emptyOutDir: true },
    });
    [opened, browser] = await Promise.all([
      built.then(() => openStage({ cli: join(ROOT, 'dist/cli.js'), files })),
      launchChromium(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await opened?.close();
    await rm(files, { recursive: true, force: true });
    expect(wrong).toEqual([]);
  });

  // What somebody would have seen where a test failed.
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await mkdir(SEEN, { recursive: true });
    for (const [n, page] of browser
      .contexts()
      .flatMap((context) => context.pages())
      .entries()) {
      const name = `${task.name.replace(/[^\w]+/g, '-').slice(0, 60)}-${n}.png`;
      await page.screenshot({ path: join(SEEN, name) });
    }
  });

  return {
    get opened() {
      return opened;
    },
    async openPage(options) {
      const context = await browser.newContext({
        viewport: DESKTOP,
        timezoneId: 'Europe/Berlin',
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      page.on('pageerror', (error) => wrong.push(`page error: ${error.stack ?? error.message}`));
      page.on('console', (message) => {
        // A browser notes by itself that the server refused something, which the page says to the person.
        if (!['error', 'warning'].includes(message.type()) || message.text().includes('status of 400'))
          return;
        wrong.push(`console: ${message.text()} (${message.location().url})`);
      });
      await page.goto(opened.address);
      await page.getByRole('status').filter({ hasText: 'Hallpass runs' }).waitFor();
      return page;
    },
  };
}
