/** A target that reports to the metrics what it answers: nothing else about it changes. */
import type { BlockReason, TargetState } from './metrics.js';
import { TargetError } from './postgres/errors.js';
import type { Server, Target } from './postgres/target.js';

/** Before it was asked. */
export const UNSEEN: TargetState = { up: null, blocked: new Set() };
const ANSWERS: TargetState = { up: true, blocked: new Set() };
const UNREACHABLE: TargetState = { up: false, blocked: new Set<BlockReason>(['unreachable']) };

/** @param note gets what each look and each comparison shows. */
export function observed(target: Target, note: (state: TargetState) => void): Target {
  const heard = async <T extends { readonly server: Server }>(asking: Promise<T>): Promise<T> => {
    try {
      const answer = await asking;
      note(stateOf(answer.server));
      return answer;
    } catch (thrown) {
      // Any other error is an answer.
      if (thrown instanceof TargetError) note(thrown.kind === 'unreachable' ? UNREACHABLE : ANSWERS);
      throw thrown;
    }
  };
  return {
    ...target,
    on: (server) => observed(target.on(server), note),
    look: (pairs) => heard(target.look(pairs)),
    list: () => heard(target.list()),
  };
}

function stateOf({ inRecovery, unfit }: Server): TargetState {
  const blocked = new Set<BlockReason>();
  if (inRecovery) blocked.add('standby');
  if (unfit !== null) blocked.add('login_unfit');
  return { up: true, blocked };
}
