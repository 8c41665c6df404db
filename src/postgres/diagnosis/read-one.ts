import type { z } from 'zod';
import type { Send } from '../connect.js';

/** For a question that every server answers with one row. */
export async function readOne<Row>(
  send: Send,
  row: z.ZodType<Row>,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row> {
  const [only] = await send(row, text, values);
  if (only === undefined) throw new Error(`the server answered with no row: ${text.trim()}`);
  return only;
}
