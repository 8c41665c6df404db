/**
 * What the server itself shows against a request before it is made: that the role can't be granted there, or that who
 * is granted it could not use it. By the same diagnosis as `hallpass check --as`. A server that doesn't answer in time
 * is asked again at the GRANT.
 */
import type { RoleConfig, TargetConfig } from '../../config/config.js';
import { inTime } from '../../in-time.js';
import { describeEntry, needsSetRole } from '../../postgres/reading/problems.js';
import type { PairFacts, Server } from '../../postgres/target.js';
import * as words from '../../surfaces/forms/form-words.js';
import type { Deps } from '../deps.js';
import { whyNotGrantable } from './grantable.js';

/** How long a person waits for the server, milliseconds. */
const LOOK_MS = 1_000;

interface Asked {
  readonly target: TargetConfig;
  readonly role: RoleConfig;
  readonly login: string;
  /** Null until one is chosen. */
  readonly durationMs: number | null;
}

/** In plain text. `refusal`: it would be in vain. `remark`: it would not, and there is something to know. */
export interface ServerSays {
  readonly refusal: string | null;
  readonly remark: string | null;
}

const NOTHING: ServerSays = { refusal: null, remark: null };

/** Never throws. */
export async function askServer(deps: Pick<Deps, 'targets' | 'logger'>, asked: Asked): Promise<ServerSays> {
  const { target, role, login } = asked;
  const looked = deps.targets.get(target.key)?.look([{ role: role.role, login }]);
  if (looked === undefined) return NOTHING;
  const answer = await inTime(LOOK_MS, looked, () => null).catch((error: unknown) => {
    deps.logger.warn({ err: error, target: target.key }, 'a target could not be asked before a request');
    return null;
  });
  const facts = answer?.facts[0];
  if (!answer || !facts) return NOTHING;
  const refusal = refusalBy(answer.server, facts, asked);
  if (refusal !== null) return { refusal, remark: null };
  const remark = needsSetRole(answer.server, facts)
    ? words.setRoleFirst(role.role, login, target.name)
    : null;
  return { refusal, remark };
}

function refusalBy(
  server: Server,
  facts: PairFacts,
  { target, role, login, durationMs }: Asked,
): string | null {
  if (facts.held !== null && !facts.ours && !facts.memberIsSuperuser) {
    return words.alreadyHeld(login, facts.held.how === 'through' ? facts.held.via : null);
  }
  const { setRole } = role.terms;
  const trouble = whyNotGrantable(server, facts, durationMs === null ? { setRole } : { durationMs, setRole });
  if (trouble !== null) return words.serverProblem(role.role, target.name, trouble);
  const entry = describeEntry(facts);
  return entry === null ? null : words.cannotEnter(role.role, target.name, entry.sentence, entry.nextStep);
}
