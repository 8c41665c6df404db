/** Slack, Redis and PagerDuty, tried as far as the environment can be read. */
import type { Config } from '../../config/config.js';
import type { Parts } from '../../config/environment/env.js';
import { createLogger } from '../../logger.js';
import { createSlackProbe } from '../../messenger/probe.js';
import { createMessenger } from '../../messenger/web-api.js';
import { createEvents } from '../../oncall/events.js';
import { createPagerDutyProbe } from '../../oncall/probe.js';
import { failure } from './finding.js';
import { checkEvents, checkPagerDuty } from './pagerduty.js';
import { checkRedis } from './redis.js';
import { checkSlack, type SlackCheck } from './slack/slack.js';

/** @param config the part of it to ask about. Never throws. */
export async function checkServices(parts: Parts, config: Config, how: Pick<SlackCheck, 'needed' | 'post'>) {
  const { problems, slack, redis, pagerduty, pagerdutyEvents: events, transport } = parts;
  const logger = createLogger('silent');
  const toSlack = slack && {
    ...createMessenger({ ...slack, logger }),
    ...createSlackProbe({ ...slack, logger }),
  };
  const [ofSlack, ofRedis, onCall, paging] = await Promise.all([
    toSlack ? checkSlack(toSlack, { ...how, config, transport }) : [],
    redis ? checkRedis(redis) : [],
    checkPagerDuty(config, pagerduty && createPagerDutyProbe(pagerduty)),
    events ? checkEvents(createEvents({ ...events, installation: 'check' })) : [],
  ]);
  const next = 'Set the environment variables as .env.example describes them.';
  const environment = problems.length === 0 ? [] : [failure('environment', problems.join('\n'), next)];
  return { environment, slack: ofSlack, redis: ofRedis, pagerduty: [...onCall, ...paging] };
}
