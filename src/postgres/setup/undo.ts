/** Undoes each script: only what it created, and never a role on which others rely. */

import type { GroupRole } from './group-role.js';
import type { Logins } from './people.js';
import type { Place } from './place.js';
import { comment, quoteText, type Step, transaction } from './script.js';
import { dropLogin, dropRole, revokeFromHolder, revokePrivileges } from './undo-role.js';

/** First what the role was granted in each of its databases, then the role. */
export function undoGroupRole(place: Place, { role, databases }: GroupRole): readonly Step[] {
  const all = databases.map((database) =>
    transaction(database, [comment('What the role was granted here.'), revokePrivileges(place, role)]),
  );
  return [
    ...all,
    transaction(place.first, [
      comment('The right to grant it, with what is granted of it now.'),
      revokeFromHolder(place, `r.rolname = ${quoteText(role)}`),
      dropRole(place, role),
    ]),
  ];
}

export function undoLogins(place: Place, { logins }: Logins): readonly Step[] {
  return [
    transaction(place.first, [
      comment('What Hallpass granted them goes with them.'),
      ...logins.map((login) => dropLogin(place, login)),
    ]),
  ];
}
