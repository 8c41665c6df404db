import { CAST, GROUPS } from '../stage/cast.js';
import { SECURITY } from './setting.js';

/**
 * Slack's marks as a person sees them: names for ids, the written-out time for a date, no marks for bold and code,
 * and none before a line but a warning's.
 */
export function plain(mrkdwn: string): string {
  return mrkdwn
    .replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')
    .replace(/<@(\w+)>/g, (_, id: string) => `@${nameOf(CAST, id)}`)
    .replace(
      /<!subteam\^(\w+)>/g,
      (_, id: string) => `@${nameOf({ ...GROUPS, [SECURITY.handle]: SECURITY.id }, id)}`,
    )
    .replace(/\*([^*\n]+)\*/g, '$1')
    .replace(/`([^`\n]+)`/g, '$1')
    .replaceAll(':warning:', '⚠')
    .replace(/^:\w+: /gm, '');
}

function nameOf(all: Readonly<Record<string, string>>, id: string): string {
  return Object.entries(all).find(([, known]) => known === id)?.[0] ?? id;
}
