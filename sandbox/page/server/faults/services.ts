/** What Slack and PagerDuty do wrong until they are told to stop. */
import type { PagerDuty } from '../../../pagerduty/pagerduty.js';
import type { Fault, Slack } from '../../../slack/index.js';
import { ON_CALL } from '../../../stage/cast.js';
import type { OnCall, SlackTrouble } from '../../api-faults.js';

/** More often than anything calls. */
const ALWAYS = 1_000_000;

const TROUBLES: Readonly<
  Record<Exclude<SlackTrouble, 'none'>, { readonly fault: Fault; readonly methods: readonly string[] }>
> = {
  error: { fault: { kind: 'status', status: 500 }, methods: ['*'] },
  late: { fault: { kind: 'slow', ms: 5_000 }, methods: ['*'] },
  lost: { fault: { kind: 'lost' }, methods: ['chat.postMessage', 'chat.update'] },
};

export function troubleSlack({ faults }: Slack, trouble: SlackTrouble): void {
  faults.clear();
  if (trouble === 'none') return;
  const { fault, methods } = TROUBLES[trouble];
  for (const method of methods) faults.order(method, fault, ALWAYS);
}

export function troublePagerDuty({ faults }: PagerDuty, isDown: boolean): void {
  faults.clear();
  if (isDown) faults.order('*', { kind: 'status', status: 503 }, ALWAYS);
}

const BEN = 'PBEN';

/** So that he can be on call: Hallpass finds him by his address. */
export function addBen(pagerduty: PagerDuty): void {
  pagerduty.addUser({ id: BEN, name: 'Ben', email: 'ben@example.com' });
}

export function putOnCall(pagerduty: PagerDuty, who: OnCall): void {
  const entry = { escalationPolicy: ON_CALL.policy, schedule: ON_CALL.schedule };
  if (who === null) pagerduty.setOnCall();
  else pagerduty.setOnCall({ ...entry, user: who === 'dan' ? ON_CALL.user : BEN });
}
