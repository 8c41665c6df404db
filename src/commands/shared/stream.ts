import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { withoutKnownSecrets } from '../../secrets.js';

/**
 * Prints these texts as fast as they are read, and asks for no more than that. Nobody has to read them all.
 * @param show what must be verified byte by byte is printed as it is.
 */
export async function printStream(
  texts: AsyncIterable<string>,
  show: (text: string) => string = withoutKnownSecrets,
): Promise<void> {
  const shown = async function* () {
    for await (const text of texts) yield show(text);
  };
  await pipeline(Readable.from(shown(), { highWaterMark: 1 }), process.stdout, { end: false }).catch(
    ignoreUnwritten,
  );
}

/** The reader has read enough, as `head` has, or the disk is full: terminal.ts says what is to be said. */
function ignoreUnwritten(error: unknown): void {
  if (!(error instanceof Error && 'syscall' in error && error.syscall === 'write')) throw error;
}
