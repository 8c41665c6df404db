import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import { ConfigError } from '../../src/config/yaml/problem.js';
import type { Variables } from '../../src/config/yaml/text.js';

/** One file called hallpass.yaml, or several by their paths. */
type Files = string | Readonly<Record<string, string>>;

/** Writes the files into a folder that goes when the test ends; answers the folder. */
export function folderWith(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'hallpass-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const named = typeof files === 'string' ? { 'hallpass.yaml': files } : files;
  for (const [name, content] of Object.entries(named)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function load(files: Files, variables: Variables = {}): Config {
  return loadConfig(join(folderWith(files), 'hallpass.yaml'), variables);
}

/** What is said of files that can't be loaded: one line a problem, with paths below the folder. */
export function complaints(files: Files, variables: Variables = {}): string[] {
  const folder = folderWith(files);
  try {
    loadConfig(join(folder, 'hallpass.yaml'), variables);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.replaceAll(`${folder}/`, '').split('\n');
  }
}

/** Of a host key, in its form. */
export const FINGERPRINT = `SHA256:${'k'.repeat(43)}`;

/** Three lines; what follows stands from line 4 on. */
export const BASE = `slack: { channel: C0123456789, operators_channel: C0123456780 }
groups: { dba: S0123456789 }
defaults: { approvers: dba }
`;

/** A target `shop` whose keys stand on line 6. */
export function target(keys: string): string {
  return `${BASE}targets:\n  shop:\n    ${keys}\n`;
}

/** The same with a connection on line 7. */
export function connected(keys: string): string {
  return `${target(keys)}    connect: { host: db, database: shop, user: hallpass }\n`;
}
