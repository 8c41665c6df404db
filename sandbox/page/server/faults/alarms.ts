import { runSql } from '../../../postgres/server-access.js';

/** Deletes every BullMQ job that waits for its time, in the database that keeps them. @returns how many there were */
export async function flushAlarms(url: string): Promise<number> {
  const gone = await runSql<{ id: string }>(
    url,
    "delete from bullmq.job where state in ('delayed', 'waiting') returning id",
  );
  return gone.length;
}
