/** The form as it opens: with what was typed after the command, or with what a shortcut or an earlier request says. */
import type { ModalView } from '@slack/types';
import type { RoleConfig, TargetConfig } from '../../config/config.js';
import { requestName } from '../../domain/request/request.js';
import { nearestFirst } from '../../domain/typed/nearest.js';
import { inTime } from '../../in-time.js';
import type { Person } from '../../messenger/messenger.js';
import {
  durationTooLong,
  instanceUnknown,
  notGranting,
  roleUnknown,
} from '../../surfaces/forms/form-words.js';
import { requestModal } from '../../surfaces/forms/request-form.js';
import * as words from '../../surfaces/forms/typed-words.js';
import type { Actor } from '../access.js';
import { identify } from '../deciding/accounts.js';
import { findLogin, loginOn } from '../deciding/logins.js';
import { both, formOf, NO_ROLE_YET, type OfferDeps, pauseNotice, placeOf } from './form.js';
import { roleMenu, targetMenu } from './menus.js';
import { whoIsAsked } from './who-is-asked.js';

/** The form opens without what Slack has not said by then: the trigger lives 3 s. Milliseconds. */
const OPEN_MS = 1_000;

/** What the form begins with. */
export interface Opening {
  /** Where they ask; null: not known. */
  readonly channel: string | null;
  readonly target: TargetConfig | null;
  readonly role: RoleConfig | null;
  readonly durationMs: number | null;
  readonly reason: string;
  /** What was named, and is no instance, or no role of it; null: nothing. */
  readonly unknown: { readonly instance: string | null; readonly role: string | null };
  /** What to say first, in plain text; null: nothing. */
  readonly says: string | null;
  /** The earlier request that it is filled in as; null: none. */
  readonly asIn: number | null;
  /** Roles to choose from, in mrkdwn, a paragraph each. */
  readonly offers: readonly string[];
}

export const EMPTY: Opening = {
  channel: null,
  target: null,
  role: null,
  durationMs: null,
  reason: '',
  unknown: { instance: null, role: null },
  says: null,
  asIn: null,
  offers: [],
};

/** Waits for Slack a second at most, and asks no server. */
export async function openForm(deps: OfferDeps, actor: Actor, opening: Opening): Promise<ModalView> {
  const { userId } = actor;
  const { channel, target, role: named, durationMs, reason, offers } = opening;
  const login = target ? loginOn(deps.config, target.key, { id: userId, email: null }) : null;
  const asked = target && named ? whoIsAsked(deps, named, { requester: userId, target: target.key }) : null;
  const [place, notice, paused] = await Promise.all([
    placeOf(deps, { userId, channel }, target, named ?? undefined),
    noticeAtOpen(deps, actor, opening),
    pauseNotice(deps, target),
  ]);
  const maxMs = (place.role?.policy ?? NO_ROLE_YET).maxMs;
  const asks = place.role === null ? [] : ((await asked?.(null)) ?? []);
  const tooLong = durationMs !== null && durationMs > maxMs;
  const cut = tooLong && place.role !== null ? durationTooLong(maxMs) : null;
  const inTheWay = notice ?? place.notice;
  const again = opening.asIn === null ? null : requestName(opening.asIn);
  const isElsewhere = notice === null && place.role === null && place.elsewhere.length > 0;
  // What is said may be that it is too long.
  const says =
    opening.says ??
    (inTheWay === null
      ? both(cut, again === null ? null : words.asIn(again))
      : again !== null && isElsewhere
        ? words.againThere(deps.config.slack.command, again)
        : null);
  return requestModal({
    ...formOf({ ...place, notice: both(both(says, inTheWay), paused) }, login),
    asks,
    offers,
    typed: { durationMs: tooLong ? null : durationMs, reason: reason === '' ? null : reason },
  });
}

/** What stands in the way, or which words would be right; null also when Slack doesn't identify the person in time. */
async function noticeAtOpen(deps: OfferDeps, actor: Actor, opening: Opening): Promise<string | null> {
  const notice = async (): Promise<string | null> => {
    const who = await identify(deps, actor);
    if (!who.ok) return who.text;
    const { target } = opening;
    return target === null
      ? noticeOfTargets(deps, who.person, opening.unknown.instance)
      : noticeOfRoles(deps, who.person, { ...opening, target });
  };
  return inTime(OPEN_MS, notice(), () => null);
}

async function noticeOfTargets(
  deps: OfferDeps,
  person: Person,
  unknown: string | null,
): Promise<string | null> {
  const menu = await targetMenu(deps, person);
  if ('why' in menu) return menu.why;
  if (unknown === null) return null;
  const known = menu.items.map(({ key }) => key);
  return instanceUnknown(unknown, nearestFirst(unknown, known));
}

async function noticeOfRoles(
  deps: OfferDeps,
  person: Person,
  { unknown, channel, target, role }: Opening & { readonly target: TargetConfig },
): Promise<string | null> {
  if (role !== null) {
    const answer = findLogin(deps.config, target, person);
    return answer.login === null ? answer.why : target.grant ? null : notGranting(target.name);
  }
  const menu = await roleMenu(deps, { channel }, target, person);
  if ('why' in menu) return menu.why;
  if (unknown.role === null) return null;
  const known = menu.items.map((offered) => offered.role);
  return roleUnknown(unknown.role, target.name, nearestFirst(unknown.role, known));
}
