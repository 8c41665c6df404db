/** BullMQ keeps its tables in a schema of this name, its default, in the ledger's database. */
export const QUEUE_SCHEMA = 'bullmq';

export const QUEUE_NAME = 'hallpass-alarms';
