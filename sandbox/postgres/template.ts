/**
 * What initdb makes, once for many clusters: it takes longer than all else that starting one takes. A program that starts many
 * asks for it; this process and those that it starts then copy what is there. Each copy is a server of its own, with its
 * own identifier. They share the superuser's password.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createFolder, dataFolder, removeFolder } from './folders.js';
import { changeIdentifier } from './identifier.js';
import { initialize } from './server.js';
import { type ServerUser, serverUser } from './server-user.js';

export interface Template {
  readonly dataDir: string;
  /** The folder with the programs. */
  readonly bin: string;
  readonly password: string;
}

/** The templates by the folder of their binaries, as JSON. */
const VARIABLE = 'HALLPASS_SANDBOX_TEMPLATES';

/**
 * From now on, clusters of these binaries are copies.
 * @returns deletes the template; the copies don't need it
 */
export async function makeTemplate(binaries: string): Promise<() => void> {
  const user = serverUser();
  const folder = createFolder(user);
  try {
    const password = randomBytes(18).toString('base64url');
    const bin = await initialize(folder, binaries, user, { user: 'postgres', password });
    const template: Template = { dataDir: dataFolder(folder), bin, password };
    process.env[VARIABLE] = JSON.stringify({ ...templates(), [binaries]: template });
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
  return () => {
    const { [binaries]: _, ...others } = templates();
    process.env[VARIABLE] = JSON.stringify(others);
    removeFolder(folder);
  };
}

/** null: initdb is to be run. */
export function templateOf(binaries: string): Template | null {
  return templates()[binaries] ?? null;
}

function templates(): Readonly<Record<string, Template>> {
  return JSON.parse(process.env[VARIABLE] ?? '{}');
}

/**
 * Instead of running initdb.
 * @param folder an empty one, for one cluster
 * @returns the folder with the programs
 */
export async function copyTemplate(
  template: Template,
  folder: string,
  user: ServerUser | null,
): Promise<string> {
  if (user !== null) await chown(folder, user.uid, user.gid);
  await promisify(execFile)('cp', ['-a', template.dataDir, dataFolder(folder)]);
  // The upper half is a time, and stays one.
  await changeIdentifier(
    dataFolder(folder),
    (id) => (id & ~0xffff_ffffn) | BigInt(randomBytes(4).readUInt32LE()),
  );
  return template.bin;
}
