/** What the operators' channel is told: what happened, what it means, what to do. */
import { compose, plain } from '../kit/blocks.js';
import { ACTIONS, orphanName } from '../kit/ids.js';
import type { Message } from '../kit/message.js';
import { code, inline, mention, plainName, truncate, when } from '../kit/text.js';
import { andMore, firstOf, plural } from '../kit/words.js';
import { footer, type OnTarget, type Pair } from './on-target.js';

/** Names in one message. */
const MAX_SHOWN = 3;

/** The address of a target answers as another server than the one on which access was granted. */
export function serverChanged(
  facts: OnTarget & {
    readonly expected: string;
    readonly found: string;
    readonly open: number;
    /** Requests whose membership stands on the other server under the same names. */
    readonly standing: readonly string[];
  },
): Message {
  const name = inline(facts.targetName, 150);
  const standing =
    facts.standing.length === 0
      ? 'No grant stands on the server that answers.'
      : `${firstOf(facts.standing, MAX_SHOWN)} still ${facts.standing.length === 1 ? 'stands' : 'stand'} on the server that answers.`;
  return compose({
    mark: 'warning',
    title: `Another server answers at ${name}`,
    paragraphs: [
      `${name} was the server with system_identifier ${code(facts.expected)}; its address now leads to ${code(facts.found)}.`,
      `Until you decide, nothing is granted there, and ${plural(facts.open, 'grant')} can't be confirmed gone: what another server says proves nothing. ${standing}`,
      `If the server was replaced for good (an upgrade, a move): ${code(`hallpass recover --replaced ${facts.target}`)}. If the address is wrong, correct ${code('connect')}.`,
    ],
    footer: footer(facts),
  });
}

/** Hallpass logs in as another than the one that granted what is out. */
export function loginChanged(facts: OnTarget & { readonly login: string; readonly open: number }): Message {
  return compose({
    mark: 'warning',
    title: `Another login on ${inline(facts.targetName, 150)}`,
    paragraphs: [
      `Hallpass now logs in as ${code(facts.login)}, but ${plural(facts.open, 'grant was', 'grants were')} made by another login. Only that login can revoke it, or see that it is gone.`,
      'Put the former login back into `connect` until nothing is granted, then change it.',
    ],
    footer: footer(facts),
  });
}

/** Hallpass's login was dropped, or dropped and made again; on Postgres 15 and earlier what it granted outlives it. */
export function loginDropped(
  facts: OnTarget & { readonly login: string; readonly revokes: readonly string[] },
): Message {
  const shown = facts.revokes.slice(0, MAX_SHOWN).map(code);
  const more = andMore(facts.revokes.length - shown.length);
  return compose({
    mark: 'warning',
    title: `Hallpass's login on ${inline(facts.targetName, 150)} was made again`,
    paragraphs: [
      `The login that made ${plural(facts.revokes.length, 'grant')} there was dropped. Today’s ${code(facts.login)} is another one, even if it has the same name, and can't revoke what the former one granted.`,
      `A database administrator has to run: ${shown.join(' ')}${more && `${more}: ${code(`hallpass check ${facts.target}`)} lists them`}. Hallpass sees it, and ends the sessions.`,
    ],
    footer: footer(facts),
  });
}

/** Another installation is connected as our login. */
export function loginShared(facts: OnTarget & { readonly login: string; readonly first: boolean }): Message {
  const here = facts.first
    ? 'This one was there first and goes on; the other one should refuse to grant.'
    : 'It was there first, so this one grants nothing there until that is fixed.';
  return compose({
    mark: 'warning',
    title: `Another Hallpass is using this login on ${inline(facts.targetName, 150)}`,
    paragraphs: [
      `Another installation of Hallpass, with a ledger of its own, is connected as ${code(facts.login)}. Neither can tell whose memberships are whose. ${here}`,
      'Give each installation a login of its own on every server.',
    ],
    footer: footer(facts),
  });
}

const WHENCE =
  'It may come from a lost or restored ledger, from a second Hallpass with the same login, or from somebody who used that login by hand.';

/** A membership that our own login granted, and that no request in this ledger explains. */
export function orphanFound(facts: OnTarget & Pair & { readonly id: number }): Message {
  const pair = `${facts.role} from ${facts.login} on ${facts.targetName}`;
  return compose({
    mark: 'warning',
    title: `Unexplained membership on ${inline(facts.targetName, 150)}`,
    paragraphs: [
      `${code(facts.login)} is a member of ${code(facts.role)}, granted by Hallpass's own login, but this ledger never granted it. ${WHENCE}`,
      'Hallpass left it alone. If nobody needs it, revoke it.',
    ],
    buttons: [
      {
        type: 'button',
        action_id: ACTIONS.settle,
        text: plain('Revoke'),
        value: orphanName(facts.id),
        style: 'danger',
        accessibility_label: truncate(`Revoke ${plainName(pair, 200)}`, 75),
        confirm: {
          title: plain('Revoke it now?'),
          text: plain(
            truncate(`Revokes ${plainName(pair, 200)} and ends the sessions that can still use it.`, 300),
          ),
          confirm: plain('Revoke'),
          deny: plain('Leave it'),
          style: 'danger',
        },
      },
    ],
    footer: footer(facts),
  });
}

/** So many that they are not to be settled one by one. */
export function manyOrphans(facts: OnTarget & { readonly found: readonly Pair[] }): Message {
  const found = facts.found.map(({ role, login }) => `${code(role)} to ${code(login)}`);
  return compose({
    mark: 'warning',
    title: `${facts.found.length} unexplained memberships on ${inline(facts.targetName, 150)}`,
    paragraphs: [
      `They were granted by Hallpass's own login, but this ledger never granted them: ${firstOf(found, MAX_SHOWN)}.`,
      `All were left alone. So many at once mean a lost or restored ledger, or a second Hallpass with the same login. ${code(`hallpass check ${facts.target}`)} lists them; what nobody needs, REVOKE as a database administrator.`,
    ],
    footer: footer(facts),
  });
}

/** Somebody of whom Slack doesn't tell. @param why as Slack, or the way to it, said it. */
export function personUnread(facts: {
  readonly person: string;
  readonly since: Date;
  readonly why: string;
}): Message {
  return compose({
    mark: 'warning',
    title: 'Hallpass can’t tell whether somebody still has an account',
    paragraphs: [
      `Slack hasn’t told Hallpass about ${mention(facts.person)} since ${when(facts.since)}. If they left, they keep their access until its time is up.`,
      { label: 'Slack’s answer:', words: facts.why },
      'Look the account up in Slack. If it is deactivated or a guest’s, end their access from its cards. Hallpass keeps asking; nobody else is affected.',
    ],
    footer: `user ${code(facts.person)}`,
  });
}
