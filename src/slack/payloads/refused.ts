import { z } from 'zod';
import { Id, SlackId } from './parts.js';
import { inputsOf } from './view.js';

const Refused = z.object({
  type: z.string().nullish().catch(null),
  user: Id.nullish().catch(null),
  user_id: SlackId.nullish().catch(null),
  view: z
    .object({ blocks: z.array(z.unknown()) })
    .nullish()
    .catch(null),
});

/** Where to tell people that their payload is refused: as much as can be read; none of it is trusted. */
export function parseRefused(body: unknown) {
  const { type, user, user_id, view } = Refused.safeParse(body).data ?? {};
  return {
    isSubmission: type === 'view_submission',
    userId: user?.id ?? user_id ?? null,
    inputs: inputsOf(view?.blocks ?? []),
  };
}
