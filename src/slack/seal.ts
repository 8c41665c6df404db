/**
 * What a form keeps for us (`private_metadata`) comes back when it is submitted. It is sealed for the person who was shown the
 * form, so that a changed form, or one that somebody else sends, is recognized. All replicas share the key, because a form may
 * come back to another one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { VIEWS } from '../surfaces/kit/ids.js';

/** SHA-256 in base64url, without padding. */
const LENGTH = 43;

const Form = z.object({
  user: z.object({ id: z.string() }),
  view: z.object({ callback_id: z.enum(VIEWS), private_metadata: z.string() }),
});

export interface Seal {
  /** The same form, sealed for this person. */
  close(form: ModalView, userId: string): ModalView;
  /** False when the payload holds a form of ours that was changed or shown to somebody else. */
  isWhole(body: unknown): boolean;
}

/** @param secret that only the replicas know. */
export function createSeal(secret: string): Seal {
  const seal = (kept: string, userId: string): string =>
    createHmac('sha256', `a form of Hallpass ${secret}`).update(`${userId}\n${kept}`).digest('base64url');
  return {
    close: (form, userId) => {
      const kept = form.private_metadata ?? '';
      return { ...form, private_metadata: seal(kept, userId) + kept };
    },
    isWhole: (body) => {
      const form = Form.safeParse(body).data;
      if (form === undefined) return true;
      const { private_metadata: sealed } = form.view;
      const found = Buffer.from(sealed.slice(0, LENGTH));
      const right = Buffer.from(seal(unsealed(sealed), form.user.id));
      return found.length === right.length && timingSafeEqual(found, right);
    },
  };
}

/** What the form kept, without its seal. */
export function unsealed(metadata: string): string {
  return metadata.slice(LENGTH);
}
