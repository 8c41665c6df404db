/** The calls by which an app finds out who it is, and opens Socket Mode. */
import { z } from 'zod';
import { type Method, method } from './method.js';

export const app: Readonly<Record<string, Method>> = {
  'auth.test': method({
    args: z.object({}),
    run: ({ app: { teamId, botUserId, botId }, workspace }) => ({
      url: `https://${workspace.domain}.slack.com/`,
      team: workspace.domain,
      user: workspace.person(botUserId)?.name,
      team_id: teamId,
      ...(workspace.grid === null ? {} : { enterprise_id: workspace.grid.enterpriseId }),
      user_id: botUserId,
      bot_id: botId,
      is_enterprise_install: false,
    }),
  }),

  'apps.connections.open': method({
    token: 'app',
    args: z.object({}),
    run: ({ url, sockets, app: { appId } }) => ({
      url: `${url.replace('http', 'ws')}/link/?ticket=${sockets.issueTicket()}&app_id=${appId}`,
    }),
  }),
};
