/** People's logins that have members: what is granted to them, others can use. */
import type { PreviewUsers } from '../../../postgres/inspecting/users.js';
import { type Finding, note } from '../finding.js';

/** Logins that are shown one by one. */
const SHOWN = 20;

export function describeMembersOfLogins(members: ReadonlyMap<string, PreviewUsers>): readonly Finding[] {
  const found = [...members].map(([login, { users, moreUsers }]) => {
    const names = users.map(({ name, through }) => (through === null ? name : `${name} through ${through}`));
    const more = moreUsers > 0 ? ` and ${moreUsers} more` : '';
    const revokes = [...new Set(users.map(({ revoke }) => revoke))];
    return note(
      'login',
      `What is granted to ${login} can also be used by its members: ${names.join(', ')}${more}.`,
      `If that is not meant:\n${revokes.join('\n')}`,
    );
  });
  const rest = found.length - SHOWN;
  if (rest <= 0) return found;
  const says = `${rest} more logins have members that can use what they are granted.`;
  return [...found.slice(0, SHOWN), note('login', says)];
}
