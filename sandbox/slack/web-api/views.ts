/** https://docs.slack.dev/reference/methods#views */
import { z } from 'zod';
import { viewObject } from '../delivery/payloads.js';
import type { Checked } from '../validate/report.js';
import { checkHome, checkModal, LARGEST_VIEW, type ModalView, type View } from '../validate/view.js';
import type { OpenView } from '../world/screens.js';
import type { World } from '../world/world.js';
import { ApiError, type Method, method, refusal, structure } from './method.js';

export const views: Readonly<Record<string, Method>> = {
  'views.open': method({
    args: z.object({ trigger_id: z.string(), view: structure }),
    run: (world, args) => {
      const view = newModal(world, args.view);
      const { userId } = exchange(world, args.trigger_id);
      return { view: viewObject(world, world.screens.open(userId, view)) };
    },
  }),

  'views.push': method({
    args: z.object({ trigger_id: z.string(), view: structure }),
    run: (world, args) => {
      const view = newModal(world, args.view);
      const { userId, viewId } = exchange(world, args.trigger_id);
      // Only a trigger that arose in a modal, and whose modal still stands, has a stack to push onto.
      if (viewId === null || !world.screens.view(viewId)) throw new ApiError('not_found');
      if (!world.screens.hasRoomToPush(userId)) throw new ApiError('push_limit_reached');
      return { view: viewObject(world, world.screens.push(userId, view)) };
    },
  }),

  'views.update': method({
    args: z.object({
      view_id: z.string().optional(),
      external_id: z.string().optional(),
      view: structure,
      hash: z.string().optional(),
    }),
    run: (world, args) => {
      const open = args.view_id
        ? world.screens.view(args.view_id)
        : args.external_id
          ? world.screens.withExternalId(args.external_id)
          : undefined;
      if (!open) throw new ApiError('not_found');
      const home = open.view.type === 'home';
      const view: View = home ? accept(checkHome(args.view)) : accept(checkModal(args.view));
      checkHash(open, args.hash);
      return { view: viewObject(world, world.screens.replace(open, view)) };
    },
  }),

  'views.publish': method({
    args: z.object({ user_id: z.string(), view: structure, hash: z.string().optional() }),
    run: (world, args) => {
      if (!world.workspace.person(args.user_id)) {
        throw refusal('invalid_arguments', ['invalid user_id [json-pointer:/user_id]']);
      }
      const view = accept(checkHome(args.view));
      const standing = world.screens.home(args.user_id);
      if (standing) checkHash(standing, args.hash);
      return { view: viewObject(world, world.screens.publish(args.user_id, view)) };
    },
  }),
};

function accept<T extends View>(checked: Checked<T>): T {
  if (!checked.ok) throw refusal('invalid_arguments', checked.messages);
  if (Buffer.byteLength(JSON.stringify(checked.value)) > LARGEST_VIEW) throw new ApiError('view_too_large');
  return checked.value;
}

function newModal(world: World, given: unknown): ModalView {
  const view = accept(checkModal(given));
  if (view.external_id !== '' && world.screens.withExternalId(view.external_id)) {
    throw new ApiError('duplicate_external_id');
  }
  return view;
}

function exchange(world: World, triggerId: string): { userId: string; viewId: string | null } {
  const trigger = world.tickets.exchangeTrigger(triggerId);
  if (typeof trigger === 'string') throw new ApiError(trigger);
  return trigger;
}

function checkHash(open: OpenView, hash: string | undefined): void {
  if (hash !== undefined && hash !== open.hash) throw new ApiError('hash_conflict');
}
