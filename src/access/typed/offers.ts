/** The roles that would give an object, as the form begins with them. */
import { offered } from '../../surfaces/forms/offers.js';
import type { RolesThatGive } from '../asking/by-object.js';
import type { Opening } from '../asking/open-form.js';

/** As much of a text is looked at, and as much of a line is a reason; characters. */
const MAX_TEXT = 40_000;
const MAX_LINE = 300;

/** How a server begins an error, or says that a privilege is missing, in the languages that are read. */
const ERROR =
  /\b(?:error|fehler|erreur|fatal)\b\s?:|permission denied|must be owner|keine berechtigung|berechtigung nur|droit refus|permission refus|doit être le propriétaire/iu;

/** On one instance the weakest is chosen; on several, the person chooses. */
export function offersOf({
  wanted,
  roles,
}: Extract<RolesThatGive, { kind: 'roles' }>): Pick<Opening, 'target' | 'role' | 'offers' | 'unknown'> {
  const [first] = roles;
  const isOne = roles.every(({ target }) => target.key === first.target.key);
  const name = [wanted.schemas?.[0], wanted.names[0]].filter((part) => part != null).join('.');
  return {
    target: isOne ? first.target : null,
    role: isOne ? first.role : null,
    unknown: { instance: null, role: null },
    offers: [
      offered(
        name,
        roles.map(({ target, role, words }) => ({ targetName: target.name, role: role.role, words })),
        isOne,
      ),
    ],
  };
}

/** The line of a pasted text that is the error, for the reason. */
export function firstErrorLine(text: string): string {
  const lines = text
    .slice(0, MAX_TEXT)
    .split('\n')
    .map((line) => line.replace(/^[\s>`]+|[\s`]+$/gu, ''))
    .filter((line) => line !== '');
  const line = lines.find((each) => ERROR.test(each)) ?? lines[0] ?? '';
  return line.slice(0, MAX_LINE);
}
