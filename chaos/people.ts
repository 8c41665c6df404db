/** The crowd: who asks and who decides, in Slack and on the servers. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Samples } from '../sandbox/postgres/samples.js';
import type { ServerAccess } from '../sandbox/postgres/server-access.js';
import type { Slack } from '../sandbox/slack/index.js';
import { CAST, CHANNELS, GROUPS } from '../sandbox/stage/cast.js';
import { DECIDERS, TEAMS } from './policies.js';

/** Engineers beyond the cast: the same name in Slack and in Postgres. */
const MORE = { fay: 'U0FAY', gil: 'U0GIL', hal: 'U0HAL', ida: 'U0IDA' } as const;

/** Who asks: Slack id by login. Cora decides, too, but not on what she asks for herself. */
export const ENGINEERS = { ana: CAST.ana, ben: CAST.ben, cora: CAST.cora, dan: CAST.dan, ...MORE } as const;

/** Who decides, each something else; and Eve, who tries to. */
export const APPROVERS = [CAST.cora, CAST.olga, ...Object.values(DECIDERS), CAST.eve] as const;

export const MAPPING = Object.entries(MORE)
  .map(([login, id]) => `  ${id}: { login: ${login} }\n`)
  .join('');

export function enterWorkspace({ workspace }: Slack): void {
  const others = { ...MORE, ...DECIDERS };
  for (const [name, id] of Object.entries(others)) workspace.addPerson({ id, name });
  const channel = workspace.channel(CHANNELS.access);
  workspace.setChannel(CHANNELS.access, {
    members: [...(channel?.members ?? []), ...Object.values(others)],
  });
  for (const [handle, { id, members }] of Object.entries(TEAMS)) {
    if (id === GROUPS.dba) workspace.setGroup(id, { members: [...members] });
    else workspace.addGroup({ id, handle, members: [...members] });
  }
}

/** Makes the logins that a server does not have yet. */
export async function makeLogins(
  server: ServerAccess,
  known: readonly (keyof Samples['people'])[],
): Promise<void> {
  const names: readonly string[] = known;
  for (const login of Object.keys(ENGINEERS).filter((name) => !names.includes(name))) {
    const password = pg.escapeLiteral(randomBytes(12).toString('base64url'));
    await server.query(`CREATE ROLE ${login} LOGIN PASSWORD ${password}`);
  }
}
