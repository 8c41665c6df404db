import type { ModalView, Option } from '@slack/types';
import type { Config, RoleConfig, TargetConfig } from '../config/config.js';
import { parseDuration } from '../domain/duration.js';
import type { Person } from '../messenger/messenger.js';
import { nothingOffered, notLending } from '../surfaces/form-words.js';
import { type Form, requestModal, roleOption, targetOption } from '../surfaces/modal.js';
import type { Actor } from './access.js';
import type { Deps } from './deps.js';
import { findLogin, identify, loginOn } from './who.js';

type OfferDeps = Pick<Deps, 'config' | 'messenger' | 'logger'>;

/** As many as Slack takes in the answer to a search. */
const MAX_OPTIONS = 100;

/** What the form shows as long as no role is chosen. */
const NO_ROLE_YET = {
  durationsMs: [30 * 60_000, 3_600_000, 4 * 3_600_000],
  defaultMs: 3_600_000,
  maxMs: 4 * 3_600_000,
  reasonRequired: true,
} as const;

/** The targets on which this person has a login and something may be lent. */
function offeredTargets(config: Config, person: Pick<Person, 'id' | 'email'>): readonly TargetConfig[] {
  return [...config.targets.values()].filter(
    (target) => target.lend && target.roles.size > 0 && loginOn(config, target.key, person) !== null,
  );
}

/** The form as it opens. Whoever typed more than the command finds it filled in: target, role, duration, reason. */
export function openForm({ config }: Pick<Deps, 'config'>, actor: Actor, typed: string): ModalView {
  const words = typed.split(/\s+/).filter((word) => word !== '');
  const target = config.targets.get(words[0] ?? '');
  const role = target?.roles.get(words[1] ?? '');
  const rest = words.slice(target ? (role ? 2 : 1) : 0);
  const durationMs = parseDuration(rest[0] ?? '');
  const reason = rest.slice(durationMs === null ? 0 : 1).join(' ');
  const login = target ? loginOn(config, target.key, { id: actor.userId, email: null }) : null;
  return requestModal({
    ...form(target ?? null, role ?? null, login),
    typed: { durationMs: withinMax(durationMs, role), reason: reason === '' ? null : reason },
  });
}

function withinMax(durationMs: number | null, role: RoleConfig | undefined): number | null {
  return durationMs !== null && durationMs <= (role?.policy.maxMs ?? NO_ROLE_YET.maxMs) ? durationMs : null;
}

/** The form after a target (and perhaps a role) was chosen: who you are there, what may be asked for. */
export async function fillForm(
  deps: OfferDeps,
  actor: Actor,
  chosen: { readonly target: string; readonly role: string | null },
): Promise<ModalView> {
  const who = await identify(deps, actor);
  const target = deps.config.targets.get(chosen.target) ?? null;
  const role = target?.roles.get(chosen.role ?? '') ?? null;
  if (!who.ok) return requestModal({ ...form(null, null, null), notice: who.text });
  if (target === null) return requestModal({ ...form(null, null, null), notice: nothingOffered() });
  const answer = findLogin(deps.config, target, who.person);
  const notice = answer.login === null ? answer.why : target.lend ? null : notLending(target.name);
  return requestModal({ ...form(target, role, answer.login), notice });
}

function form(target: TargetConfig | null, role: RoleConfig | null, login: string | null): Form {
  const { durationsMs, defaultDurationMs, maxMs, reasonRequired } = role?.policy ?? {
    ...NO_ROLE_YET,
    defaultDurationMs: NO_ROLE_YET.defaultMs,
  };
  return {
    target,
    role,
    login,
    notice: null,
    durationsMs,
    defaultMs: defaultDurationMs,
    maxMs,
    reasonRequired,
    typed: { durationMs: null, reason: null },
  };
}

/** The instances whose name or key holds what was typed; the closest first. */
export async function targetOptions(deps: OfferDeps, actor: Actor, query: string): Promise<Option[]> {
  const who = await identify(deps, actor);
  if (!who.ok) return [];
  return search(offeredTargets(deps.config, who.person), query, (target) => [target.key, target.name])
    .slice(0, MAX_OPTIONS)
    .map(targetOption);
}

/** The roles of one target whose name or description holds what was typed; the closest first. */
export async function roleOptions(
  deps: OfferDeps,
  actor: Actor,
  target: string,
  query: string,
): Promise<Option[]> {
  const who = await identify(deps, actor);
  if (!who.ok) return [];
  const offered = offeredTargets(deps.config, who.person).find(({ key }) => key === target);
  return search([...(offered?.roles.values() ?? [])], query, (role) => [role.role, role.about ?? ''])
    .slice(0, MAX_OPTIONS)
    .map(roleOption);
}

/** Those in which every typed word is found; those that begin with what was typed come first, then by name. */
function search<T>(
  items: readonly T[],
  query: string,
  textsOf: (item: T) => readonly string[],
): readonly T[] {
  const typed = query.trim().toLowerCase();
  const words = typed.split(/\s+/);
  return items
    .flatMap((item) => {
      const texts = textsOf(item).map((text) => text.toLowerCase());
      if (!words.every((word) => texts.some((text) => text.includes(word)))) return [];
      return [{ item, name: texts[0] ?? '', rank: texts.some((text) => text.startsWith(typed)) ? 0 : 1 }];
    })
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .map(({ item }) => item);
}
