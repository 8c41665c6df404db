/** What Slack and PagerDuty do wrong. Neither excuses a late revocation. */
import type { PagerDuty } from '../../sandbox/pagerduty/pagerduty.js';
import type { Fault as Order, Slack } from '../../sandbox/slack/index.js';
import type { Fault } from './fault.js';

/** More often than anything calls while a fault lasts. */
const ALWAYS = 100_000;

export function slackFaults({ faults }: Slack): readonly (readonly Fault[])[] {
  const fault = (name: string, lasts: Fault['lasts'], begin: () => void): readonly Fault[] => [
    {
      name,
      lasts,
      place: 'slack',
      excuses: 'none',
      begin: async () => {
        begin();
        return { heal: async () => faults.clear() };
      },
    },
  ];
  const always = (order: Order, methods: readonly string[]) => () => {
    for (const method of methods) faults.order(method, order, ALWAYS);
  };
  const posts = ['chat.postMessage', 'chat.update'];
  return [
    fault('answers 429', [2_000, 5_000], always({ kind: 'rate_limited', retryAfter: 1 }, ['*'])),
    fault('one message a second in a channel', [3_000, 8_000], () => faults.limitPosts(1)),
    fault('answers 500', [2_000, 5_000], always({ kind: 'status', status: 500 }, ['*'])),
    fault('hangs', [2_000, 6_000], always({ kind: 'hang' }, ['*'])),
    fault('resets connections', [2_000, 5_000], always({ kind: 'reset' }, ['*'])),
    fault('answers 9 s late', [2_000, 6_000], always({ kind: 'slow', ms: 9_000 }, posts)),
    fault('posts, and the answer is lost', [1_000, 2_000], always({ kind: 'lost' }, posts)),
    fault('delivers everything twice', [3_000, 8_000], () => faults.duplicateNext(ALWAYS)),
  ];
}

export function pagerDutyFaults({ faults }: PagerDuty): readonly (readonly Fault[])[] {
  return [
    [
      {
        name: 'down',
        lasts: [3_000, 10_000],
        place: 'pagerduty',
        excuses: 'none',
        begin: async (random) => {
          const order = random.pick([
            { kind: 'hang' },
            { kind: 'reset' },
            { kind: 'status', status: 503 },
          ] as const);
          faults.order('*', order, ALWAYS);
          return { what: order.kind, heal: async () => faults.clear() };
        },
      },
    ],
  ];
}
