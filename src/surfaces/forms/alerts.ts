/** What the form puts first, where nobody misses it: what stands in the way, production, and danger. */
import type { AlertBlock, KnownBlock } from '@slack/types';
import { plain } from '../kit/blocks.js';
import { plainName, truncate } from '../kit/text.js';
import type { Form } from './request-form.js';

/** As much as Slack draws in an alert (docs.slack.dev, "Alert block"). */
const MAX_ALERT = 200;
const MAX_NOTICE = 3_000;
const MAX_NAME = 100;

const PRODUCTION = /\bprod(uction)?\b/i;

/** @param danger the line of the preview, in mrkdwn; null: there is none, or it is no reason for an alert. */
export function alerts(
  { notice, target }: Pick<Form, 'notice' | 'target'>,
  danger: string | null,
): readonly KnownBlock[] {
  return [
    ...(notice === null ? [] : [noticeBlock(notice)]),
    ...(target?.environment && PRODUCTION.test(target.environment)
      ? [alert('warning', plain(`${plainName(target.name, MAX_NAME)} is production.`))]
      : []),
    ...(danger === null ? [] : [alert('error', { type: 'mrkdwn', text: whole(danger), verbatim: true })]),
  ];
}

/** What is too long for an alert stands there as a paragraph. */
function noticeBlock(notice: string): KnownBlock {
  const text = plain(truncate(notice, MAX_NOTICE));
  return notice.length > MAX_ALERT ? { type: 'section', text } : alert('warning', text);
}

function alert(level: AlertBlock['level'] & string, text: AlertBlock['text']): AlertBlock {
  return { type: 'alert', level, text };
}

/** Whole reasons only: half of one may say something else. */
function whole(line: string): string {
  if (line.length <= MAX_ALERT) return line;
  // The semicolon of an escape ends no reason.
  const ends = [...line.matchAll(/(?<!&(?:amp|lt|gt)); /g)].map(({ index }) => index);
  const end = Math.max(...ends.filter((index) => index <= MAX_ALERT), line.indexOf(': '));
  return end > 0 && end <= MAX_ALERT ? line.slice(0, end) : '*Danger:* this role can administer the server.';
}
