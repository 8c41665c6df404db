/** What somebody types, as Slack keeps it: markup for mentions, and `&`, `<` and `>` as entities. */
import type { WorkspaceState } from '../../../api.js';

type Names = Pick<WorkspaceState, 'people' | 'groups' | 'channels'>;

/** Mentions are written by handle: `@cora`, `@dba`, `#db-access`, `@here`. Unknown names stay words. */
export function encode(text: string, names: Names): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replace(
    /(^|[\s(])([@#])([\w.-]*\w)/g,
    (whole, before: string, sign: string, name: string) => {
      const mention = sign === '@' ? mentionOf(name, names) : channelOf(name, names);
      return mention === null ? whole : before + mention;
    },
  );
}

function mentionOf(name: string, { people, groups }: Names): string | null {
  if (name === 'here' || name === 'channel' || name === 'everyone') return `<!${name}>`;
  const person = people.find((each) => each.name === name.toLowerCase());
  if (person) return `<@${person.id}>`;
  const group = groups.find((each) => each.handle === name);
  return group ? `<!subteam^${group.id}>` : null;
}

function channelOf(name: string, { channels }: Names): string | null {
  const channel = channels.find((each) => each.name === name && each.kind !== 'im');
  return channel ? `<#${channel.id}>` : null;
}
