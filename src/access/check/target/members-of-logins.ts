/** Logins of people whose grants others can use, because they are their members. */
import type { PreviewUsers } from '../../../postgres/inspecting/users.js';
import { type Finding, note } from '../finding.js';

/** Logins that are shown one by one. */
const SHOWN = 20;

export function describeOthers(others: ReadonlyMap<string, PreviewUsers>): readonly Finding[] {
  const found = [...others];
  const rest = found.length - SHOWN;
  return [
    ...found.slice(0, SHOWN).map(([login, { users, moreUsers }]) => {
      const names = users.map(({ name, through }) =>
        through === null ? name : `${name} through ${through}`,
      );
      const more = moreUsers > 0 ? ` and ${moreUsers} more` : '';
      const revokes = [...new Set(users.map(({ revoke }) => revoke))];
      return note(
        'login',
        `What is granted to ${login} can also be used by its members: ${names.join(', ')}${more}.`,
        `If that is not meant:\n${revokes.join('\n')}`,
      );
    }),
    ...(rest > 0
      ? [note('login', `${rest} more logins have members that can use what they are granted.`)]
      : []),
  ];
}
