import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { withoutKnownSecrets } from '../../secrets.js';

/**
 * Prints these texts no faster than they are read; the reader may leave before the end.
 * @param show leaves the text as it is where every byte will be verified.
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

/** The reader has left, as `head` does, or the disk is full: terminal.ts says what there is to say. */
function ignoreUnwritten(error: unknown): void {
  if (!(error instanceof Error && 'syscall' in error && error.syscall === 'write')) throw error;
}
