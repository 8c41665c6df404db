/** The guide in words: six steps for a newcomer, and the tour's words where both say the same. */
import { WORDS } from '../../../tour/words.js';
import type { StepId } from '../../api-guide.js';

export interface StepWords {
  readonly id: StepId;
  readonly title: string;
  readonly how: readonly string[];
}

export const STEPS: readonly StepWords[] = [
  {
    id: 'ask',
    title: WORDS.request,
    how: [
      'As Ana, type /request where messages are written, and press Enter.',
      'Choose Shop, orders_read and 15 minutes, give a reason, and send it.',
    ],
  },
  {
    id: 'refused',
    title: WORDS.refused,
    how: [
      'Nobody has decided yet. In the console, as Ana: select * from orders.orders limit 5',
      'Postgres says “permission denied”.',
    ],
  },
  {
    id: 'approve',
    title: WORDS.approve,
    how: ['As Cora, open #db-access. The card says what the role can do. Click Approve.'],
  },
  {
    id: 'rows',
    title: WORDS.reads,
    how: ['The same select as Ana, by her own login: now it answers with rows.'],
  },
  {
    id: 'over',
    title: `${WORDS.timeIsUp}: ${WORDS.refusedAgain.toLowerCase()}`,
    how: [
      'As Ana, click Relinquish in the message from Hallpass, or turn the clock forward by an hour (Faults).',
      'Run the select once more. Her session was ended with the grant, so the console opens a new one, and it is refused.',
    ],
  },
  {
    id: 'break',
    title: `${WORDS.killed}, and still it revokes`,
    how: [
      'As Ana, ask for orders_read for 5 seconds; as Cora, approve it; then kill Hallpass (Faults) before they are over.',
      'Nothing revokes it while Hallpass is dead. Start Hallpass: it finds what is due, and revokes it.',
    ],
  },
];
