/** Undoes each script: only what it created, and never a role on which others rely. */

import type { GroupRole } from './group-role.js';
import type { Logins } from './people.js';
import { comment, quoteText, type Step, transaction } from './script.js';
import type { SetupServer } from './server.js';
import { dropLogin, dropRole, revokeFromHolder, revokePrivileges } from './undo-role.js';

/** First what the role was granted in each of its databases, then the role. */
export function undoGroupRole(server: SetupServer, { role, databases }: GroupRole): readonly Step[] {
  const all = databases.map((database) =>
    transaction(database, [comment('What the role was granted here.'), revokePrivileges(server, role)]),
  );
  return [
    ...all,
    transaction(server.first, [
      comment('The right to grant it, with what is granted of it now.'),
      revokeFromHolder(server, `r.rolname = ${quoteText(role)}`),
      dropRole(server, role),
    ]),
  ];
}

export function undoLogins(server: SetupServer, { logins }: Logins): readonly Step[] {
  return [
    transaction(server.first, [
      comment('What Hallpass granted them goes with them.'),
      ...logins.map((login) => dropLogin(server, login)),
    ]),
  ];
}
