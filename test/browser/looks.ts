/** What is wrong with a page as it stands: for people who can't see it, and for everybody. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

// As text: this program knows no browser's types.
const DRAWN = 'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))';
const WIDER = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** In light and in dark: axe finds nothing serious, nothing is left undrawn, nothing is wider than the window. */
export async function expectFine(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(DRAWN);
    const axe = new AxeBuilder({ page });
    // Its structure is the same in dark: only the colors differ.
    if (colorScheme === 'dark') axe.withRules('color-contrast');
    const { violations } = await axe.analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect
      .soft(
        serious.flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
        ),
        `${what}, ${colorScheme}`,
      )
      .toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  expect.soft(await page.getByText('unsupported:').count(), what).toBe(0);
  const wider = await page.evaluate<number>(WIDER);
  expect.soft(wider, `${what}: wider than its window`).toBeLessThanOrEqual(0);
}
