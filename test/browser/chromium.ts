/** The browser of the tests: Chromium or Chrome as this machine has it, without a window. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MACOS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The one that CHROMIUM names, or else one that is installed. @throws Error with what to install */
function findChromium(): string {
  const { CHROMIUM } = process.env;
  if (CHROMIUM !== undefined) return CHROMIUM;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
  const places = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...MACOS];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Error(
    'These tests need Chromium. Install it: `apt install chromium fonts-noto-color-emoji` on Debian, Google Chrome on macOS.',
  );
}

export function launchChromium(): Promise<Browser> {
  // Root has no sandbox for it.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: findChromium(), args });
}
