/** First lines of messages, as people read them; `…` stands for a time. */
export const WAITING = 'Waiting for approval';
export const GRANTED = 'Granted until …';
export const EXTENDED = 'Extended until …';
export const EXPIRED = 'Ended: its time was up';
export const RELINQUISHED = 'Ended: relinquished by you';
export const CANCELLED = 'Canceled by you';
export const FAILED = 'Failed: nothing was granted';
