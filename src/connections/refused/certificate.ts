import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** For whom the client certificate in this file is (its CN), as far as it can be read; else null. Never throws. */
export async function certificateName(file: string): Promise<string | null> {
  try {
    const { subject } = new X509Certificate(await readFile(file));
    return /^CN=(.*)$/m.exec(subject)?.[1] ?? null;
  } catch {
    return null;
  }
}
