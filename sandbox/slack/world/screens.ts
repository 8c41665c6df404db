/** What stands on each person's screen: the stack of modals and App Home. */

import type { Option } from '../validate/objects.js';
import type { View } from '../validate/view.js';
import type { Changes } from './changes.js';
import { type ElementState, type Values, valuesOf, withState } from './element-state.js';
import { newId, type Timestamps } from './ids.js';

export interface OpenView {
  readonly id: string;
  readonly userId: string;
  readonly rootId: string;
  readonly previousId: string | null;
  /** Changes with every update. */
  readonly hash: string;
  readonly view: View;
  readonly values: Values;
  /** What stands in red beside the inputs, by block id. */
  readonly errors: Readonly<Record<string, string>>;
  /** The options last offered to each external select, by action id within block id. */
  readonly offered: Readonly<Record<string, readonly Option[]>>;
}

/** Root and two pushed views; https://docs.slack.dev/reference/methods/views.push */
const LARGEST_STACK = 3;

export class Screens {
  #views = new Map<string, OpenView>();
  #stacks = new Map<string, readonly string[]>();
  #homes = new Map<string, string>();
  #timestamps: Timestamps;
  #changes: Changes;

  constructor(timestamps: Timestamps, changes: Changes) {
    this.#timestamps = timestamps;
    this.#changes = changes;
  }

  view(id: string): OpenView | undefined {
    return this.#views.get(id);
  }

  withExternalId(externalId: string): OpenView | undefined {
    return [...this.#views.values()].find(({ view }) => view.external_id === externalId);
  }

  /** The modal on top of a person's screen. */
  modal(userId: string): OpenView | undefined {
    return this.#views.get(this.#stacks.get(userId)?.at(-1) ?? '');
  }

  home(userId: string): OpenView | undefined {
    return this.#views.get(this.#homes.get(userId) ?? '');
  }

  hasRoomToPush(userId: string): boolean {
    return (this.#stacks.get(userId)?.length ?? 0) < LARGEST_STACK;
  }

  /** Opens a new stack instead of whatever stood there. */
  open(userId: string, view: View): OpenView {
    this.#forget(this.#stacks.get(userId) ?? []);
    this.#stacks.set(userId, []);
    return this.push(userId, view);
  }

  push(userId: string, view: View): OpenView {
    const stack = this.#stacks.get(userId) ?? [];
    const opened = this.#draw(userId, view, stack[0] ?? null, stack.at(-1) ?? null);
    this.#stacks.set(userId, [...stack, opened.id]);
    this.#changes.tell('view', { user: userId, view: opened.id });
    return opened;
  }

  publish(userId: string, view: View): OpenView {
    const standing = this.home(userId);
    if (standing) return this.replace(standing, view);
    const home = this.#draw(userId, view, null, null);
    this.#homes.set(userId, home.id);
    this.#changes.tell('home', { user: userId, view: home.id });
    return home;
  }

  /** Redraws a view that is open: the same id, a new hash, no errors. */
  replace(open: OpenView, view: View): OpenView {
    const values = valuesOf(view.blocks, open.values);
    const redrawn = { ...open, view, values, errors: {}, hash: this.#hash() };
    this.#views.set(open.id, redrawn);
    this.#changes.tell(view.type === 'home' ? 'home' : 'view', { user: open.userId, view: open.id });
    return redrawn;
  }

  /** Closes a modal; the one below it, if any, shows again. */
  close(open: OpenView): void {
    this.#stacks.set(
      open.userId,
      (this.#stacks.get(open.userId) ?? []).filter((id) => id !== open.id),
    );
    this.#forget([open.id]);
    this.#changes.tell('view_closed', { user: open.userId, view: open.id });
  }

  /** Closes all of a person's modals. */
  clear(userId: string): void {
    for (const id of [...(this.#stacks.get(userId) ?? [])].reverse()) {
      const open = this.#views.get(id);
      if (open) this.close(open);
    }
  }

  setState(open: OpenView, blockId: string, actionId: string, state: ElementState): OpenView {
    return this.#amend(open, { values: withState(open.values, blockId, actionId, state) });
  }

  setErrors(open: OpenView, errors: OpenView['errors']): OpenView {
    return this.#amend(open, { errors });
  }

  setOffered(open: OpenView, key: string, options: readonly Option[]): OpenView {
    return this.#amend(open, { offered: { ...open.offered, [key]: options } });
  }

  #amend(open: OpenView, change: Partial<OpenView>): OpenView {
    const amended = { ...open, ...change };
    this.#views.set(open.id, amended);
    this.#changes.tell('view', { user: open.userId, view: open.id });
    return amended;
  }

  #draw(userId: string, view: View, rootId: string | null, previousId: string | null): OpenView {
    const id = newId('V');
    const open: OpenView = {
      id,
      userId,
      rootId: rootId ?? id,
      previousId,
      hash: this.#hash(),
      view,
      values: valuesOf(view.blocks),
      errors: {},
      offered: {},
    };
    this.#views.set(id, open);
    return open;
  }

  #hash(): string {
    return this.#timestamps.next();
  }

  #forget(ids: readonly string[]): void {
    for (const id of ids) this.#views.delete(id);
  }
}
