/**
 * What operators do on their Home beside ending access: pause and resume granting, as on the command line. Resuming gives
 * nothing that approvers didn't approve, and says so to the operators. Who is an operator is asked at each click.
 */
import type { ModalView, Option } from '@slack/types';
import { targetsWithGrants } from '../../ledger/targets/targets.js';
import type { Person } from '../../messenger/messenger.js';
import * as words from '../../surfaces/forms/pause-form.js';
import { reasonOption, targetOption } from '../../surfaces/forms/request-form.js';
import { EVERYWHERE } from '../../surfaces/home/looking.js';
import { plain } from '../../surfaces/kit/blocks.js';
import { BLOCKS, MAX_REASON } from '../../surfaces/kit/ids.js';
import type { Actor, Reply, Submitted } from '../access.js';
import { MAX_OPTIONS, search } from '../asking/options.js';
import { identify } from '../deciding/accounts.js';
import { refuseUnlessOperator } from '../deciding/operator.js';
import type { Deps } from '../deps.js';
import { keptText } from '../kept-text.js';
import { pauseGranting, resumeGranting } from '../operating/pause.js';
import { noteOnHome } from './use-home.js';

/** The form has to open within Slack's three seconds; milliseconds. */
const GROUPS_MS = 1_000;

/** The form that asks why, or why they may not. @param key a target's, or `*`; not trusted */
export async function openPausing(
  deps: Deps,
  actor: Actor,
  key: string,
): Promise<{ readonly form: ModalView } | { readonly text: string }> {
  const who = await operatorOf(deps, actor, 'pause');
  if (!who.ok) return who;
  if (key === EVERYWHERE) return { form: words.pauseForm(null, null) };
  const target = deps.config.targets.get(key);
  if (target === undefined) return { text: words.noSuchInstance() };
  return { form: words.pauseForm(key, target.name) };
}

/** A second call pauses nothing twice. @param target null: every instance. @param because not trusted */
export async function pause(
  deps: Deps,
  actor: Actor,
  { target, because }: { readonly target: string | null; readonly because: string | null },
): Promise<Submitted> {
  const wrong = (text: string): Submitted => ({ ok: false, errors: { [BLOCKS.reason]: text } });
  const said = keptText(because);
  if (said === '' || said.length > MAX_REASON) return wrong(words.pauseReasonMissing());
  const who = await operatorOf(deps, actor, 'pause');
  if (!who.ok) return wrong(who.plain);
  if (target !== null && !deps.config.targets.has(target)) return wrong(words.noSuchInstance());
  const { isNew } = await pauseGranting(deps, target, { by: nameOf(who.person), because: said });
  await noteOnHome(deps, actor, isNew ? null : words.pausedAlready());
  return { ok: true };
}

/** @param key a target's, also of one that left the configuration, or `*`; not trusted */
export async function resume(deps: Deps, actor: Actor, key: string): Promise<Reply> {
  const who = await operatorOf(deps, actor, 'resume');
  if (!who.ok) return who;
  const target = key === EVERYWHERE ? null : key;
  const { wasPaused, left } = await resumeGranting(deps, target, { by: nameOf(who.person), because: null });
  for (const name of deps.config.targets.keys())
    if (target === null || target === name) deps.sweeps.wake(name);
  deps.outbox.kick();
  if (!wasPaused) return { text: words.notPaused() };
  return target !== null && left.length > 0 ? { text: words.stillPaused() } : null;
}

/** The instances that the operators' part can be limited to: those of the configuration, and those that left it with grants. */
export async function instanceOptions(deps: Deps, actor: Actor, query: string): Promise<Option[]> {
  const who = await operatorOf(deps, actor, 'filter');
  if (!who.ok) return [reasonOption(who.plain)];
  const known = new Map(
    [...deps.config.targets.values()].map(({ key, name, environment }) => [key, { key, name, environment }]),
  );
  for (const key of await targetsWithGrants(deps.db)) {
    if (!known.has(key)) known.set(key, { key, name: key, environment: null });
  }
  const all = { text: plain('All instances'), value: EVERYWHERE };
  const found = search([...known.values()], query, ({ key, name }) => [key, name]).map(targetOption);
  return [all, ...found].slice(0, MAX_OPTIONS);
}

type Operator =
  | { readonly ok: true; readonly person: Person }
  /** For a message, and for the error of a form. */
  | { readonly ok: false; readonly text: string; readonly plain: string };

async function operatorOf(deps: Deps, actor: Actor, what: string): Promise<Operator> {
  const who = await identify(deps, actor);
  if (!who.ok) return { ok: false, text: who.text, plain: who.text };
  const refusal = await refuseUnlessOperator(deps, { user: actor.userId }, `refused to ${what}`, GROUPS_MS);
  if (refusal === null) return { ok: true, person: who.person };
  const { unread } = refusal;
  if (unread === null) return { ok: false, text: words.onlyOperators(), plain: words.onlyOperators() };
  return { ok: false, text: unread, plain: words.operatorsUnread() };
}

/** As the audit trail and people read it. */
function nameOf({ name, id }: Person): string {
  return `${name} (${id})`;
}
