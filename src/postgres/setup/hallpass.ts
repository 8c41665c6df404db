/** The script for Hallpass itself: its login, what it may grant, its rights to sessions; and its undoing. */
import { SESSION_RIGHTS } from '../../domain/postgres/predefined-roles.js';
import { OWNER, PEOPLE, REAPER } from '../guarded/names.js';
import { guardedSteps, shutOut, undoGuarded } from './guarded.js';
import {
  grantAdmin,
  grantConnect,
  grantConnectWhereUsed,
  grantNeutral,
  grantSessionRights,
  makeLogin,
} from './hallpass-role.js';
import { comment, doBlock, quoteText, type Step, transaction } from './script.js';
import type { SetupServer, SetupTarget } from './server.js';
import { dropList, dropRole, revokeFromHolder, revokePrivileges } from './undo-role.js';

export function hallpassSteps(
  server: SetupServer,
  { roles, discover, logins }: SetupTarget,
): readonly Step[] {
  const names = [...roles.values()].map(({ role }) => role);
  const rights = [
    ...grantAdmin(server, names),
    ...(discover.length === 0 ? [] : [comment(discovered(server, discover))]),
    ...grantSessionRights(server),
    ...grantConnectWhereUsed(server, names),
  ];
  if (server.mode === 'guarded') return guardedSteps(server, { roles, logins }, rights);
  return [
    transaction(server.first, [
      ...makeLogin(server),
      grantConnect(server.login, server.database),
      ...(server.database === 'postgres' ? [] : [grantNeutral(server.login)]),
      ...rights,
    ]),
  ];
}

function discovered({ holder }: SetupServer, discover: SetupTarget['discover']): string {
  const patterns = discover.map(({ match }) => JSON.stringify(match)).join(', ');
  return `What discover: finds (${patterns}) is granted only where ${holder} has the ADMIN OPTION: grant it, as above, on each
role that is meant.`;
}

export function undoHallpass(server: SetupServer): readonly Step[] {
  const rights = Object.values(SESSION_RIGHTS).map(quoteText).join(', ');
  const guarded = server.mode === 'guarded';
  return [
    transaction(server.first, [...(guarded ? shutOut(server) : []), refuseWhileConnected(server)]),
    transaction(server.first, [
      comment(`What is granted now, and the right to grant it. A session that became a role by SET ROLE stays it until the session
ends: look at pg_stat_activity, and end these sessions yourself.`),
      revokeFromHolder(server, `m.admin_option OR r.rolname IN (${rights})`),
    ]),
    ...(guarded ? undoGuarded(server) : []),
    transaction(server.shown, [
      comment('Only what a script made is dropped, and nothing on which others rely.'),
      revokePrivileges(server, server.login),
      dropRole(server, server.login),
      ...(guarded ? [dropRole(server, OWNER), dropRole(server, REAPER), dropList(PEOPLE)] : []),
    ]),
  ];
}

/** Undoing half would be worse: Hallpass would go on, and what it revokes could not be told from what is left. */
function refuseWhileConnected({ login, database, mode }: SetupServer): string {
  const inside = mode === 'guarded' ? ` OR a.datname = ${quoteText(database)}` : '';
  return doBlock(`
BEGIN
  IF EXISTS (SELECT FROM pg_stat_activity a
              WHERE a.pid <> pg_backend_pid() AND (a.usename = ${quoteText(login)}${inside})) THEN
    RAISE EXCEPTION 'Hallpass is connected: nothing was undone.'
      USING HINT = 'Stop Hallpass, and what calls hallpass.sweep() from cron. Then run this again.';
  END IF;
END`);
}
