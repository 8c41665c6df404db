/** What the form asks of what was typed after the command. Plain text, as all of its notice. */
import { plainName } from '../kit/text.js';
import { firstOf } from '../kit/words.js';

const MAX_NAME = 100;
const MAX_LISTED = 10;

function quoted(names: readonly string[]): string {
  return firstOf(
    names.map((name) => `“${plainName(name, MAX_NAME)}”`),
    MAX_LISTED,
  );
}

/** @param among those that may be meant, of those that the reader may see. */
export const whichInstance = (among: readonly string[]): string =>
  `Choose which instance you mean: ${quoted(among)}.`;

/** None was named, and one role of that name is known. */
export const onlyInstance = (instance: string): string =>
  `You named no instance. Check that you mean ${quoted([instance])}.`;

export const whichRole = (among: readonly string[]): string =>
  `A request is for one role. Choose which you mean: ${quoted(among)}.`;

/** @param isRead it can be read, and in another way, too. */
export const durationUnclear = (typed: string, isRead: boolean): string =>
  isRead
    ? `${quoted([typed])} can be read in more than one way. Check the duration.`
    : `${quoted([typed])} isn’t a duration like 45m, 1h30m or 2h. Choose one.`;

/** The form is filled in as that request was. @param id "R-1042" */
export const asIn = (id: string): string => `Filled in as in ${id}. Check it before you send it.`;

/** The role of that request is for other channels, which the form names. @param id "R-1042" */
export const againThere = (command: string, id: string): string =>
  `Type “${command} again ${id}” there to have this form filled in as in ${id}.`;
