/** What the form asks once more before it grants without approval. */
import type { ModalView } from '@slack/types';
import { emergencyModal } from '../../surfaces/forms/emergency-forms.js';
import type { Submission } from '../access.js';
import type { Deps } from '../deps.js';
import type { WantedGrant } from './submit.js';

/** As much as `private_metadata` takes, less its seal. */
const MOST_KEPT = 2_900;

/** @returns null when the form can't keep what was typed. */
export function askAgain(
  { config, events }: Pick<Deps, 'config' | 'events'>,
  submission: Submission,
  wish: WantedGrant & { readonly login: string },
): ModalView | null {
  const { target, role, login, durationMs, reason } = wish;
  const kept = JSON.stringify({ v: 1, submission: { ...submission, reason, emergency: 'confirmed' } });
  if (kept.length > MOST_KEPT) return null;
  return emergencyModal({
    scene: { targetName: target.name, environment: target.environment },
    role: role.role,
    login,
    durationMs,
    reason,
    review: role.policy.breakGlass?.review ?? config.operators,
    channels: [...new Set([role.channel, config.slack.operatorsChannel])],
    isPaged: events !== null,
    kept,
  });
}
