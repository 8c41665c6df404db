/** The menus that are drawn as a field with a list: static, external, people and channels. */
import { useState } from 'react';
import type { Element } from '../../../../../slack/validate/elements.js';
import type { At } from '../../surface.js';
import { useActing, useRunning } from '../acting.js';
import { useConfirm } from '../confirm.js';
import type { Field } from '../fields/field.js';
import { useKept, useShown } from '../fields/held.js';
import { Trouble } from '../trouble.js';
import { Combobox } from './combobox.js';
import {
  type Choice,
  choiceOf,
  filtered,
  type Offer,
  ownGroups,
  useAppsOffer,
  useConversations,
  usePeople,
} from './offers.js';

interface Props<T extends Element['type']> {
  readonly at: At;
  readonly field: Field;
  readonly element: Extract<Element, { type: T }>;
}

export function StaticSelect({ at, field, element }: Props<'static_select'>) {
  const menu = useMenu();
  const state = useKept(at, 'static_select');
  const option = state ? state.selected_option : element.initial_option;
  const offer = filtered(ownGroups(element), menu.query);
  return (
    <Menu {...{ at, field, element, menu, offer }} most={null} kept={option ? [choiceOf(option)] : []} />
  );
}

export function MultiStaticSelect({ at, field, element }: Props<'multi_static_select'>) {
  const menu = useMenu();
  const options = useKept(at, 'multi_static_select')?.selected_options ?? element.initial_options ?? [];
  const offer = filtered(ownGroups(element), menu.query);
  const most = element.max_selected_items ?? Number.POSITIVE_INFINITY;
  return <Menu {...{ at, field, element, menu, offer, most }} kept={options.map(choiceOf)} />;
}

export function ExternalSelect({ at, field, element }: Props<'external_select'>) {
  const menu = useMenu();
  const state = useKept(at, 'external_select');
  const option = state ? state.selected_option : element.initial_option;
  const offer = useAppsOffer(at, element, menu.query, menu.isOpen);
  return (
    <Menu {...{ at, field, element, menu, offer }} most={null} kept={option ? [choiceOf(option)] : []} />
  );
}

export function MultiExternalSelect({ at, field, element }: Props<'multi_external_select'>) {
  const menu = useMenu();
  const options = useKept(at, 'multi_external_select')?.selected_options ?? element.initial_options ?? [];
  const offer = useAppsOffer(at, element, menu.query, menu.isOpen);
  const most = element.max_selected_items ?? Number.POSITIVE_INFINITY;
  return <Menu {...{ at, field, element, menu, offer, most }} kept={options.map(choiceOf)} />;
}

export function UsersSelect({ at, field, element }: Props<'users_select'>) {
  const menu = useMenu();
  const state = useKept(at, 'users_select');
  const id = (state ? state.selected_user : element.initial_user) ?? null;
  const people = usePeople();
  const offer = filtered(people, menu.query);
  const kept = id === null ? [] : [named(id, people)];
  return <Menu {...{ at, field, element, menu, offer, kept }} most={null} fills />;
}

export function ConversationsSelect({ at, field, element }: Props<'conversations_select'>) {
  const menu = useMenu();
  const state = useKept(at, 'conversations_select');
  const id = (state ? state.selected_conversation : element.initial_conversation) ?? null;
  const channels = useConversations();
  const offer = filtered(channels, menu.query);
  const kept = id === null ? [] : [named(id, channels)];
  return <Menu {...{ at, field, element, menu, offer, kept }} most={null} fills />;
}

function named(id: string, groups: ReturnType<typeof usePeople>): Choice {
  const known = groups.flatMap(({ choices }) => choices).find(({ value }) => value === id);
  return known ?? { value: id, text: id, description: null };
}

function useMenu() {
  const [query, onQuery] = useState('');
  const [isOpen, onOpen] = useState(false);
  return { query, onQuery, isOpen, onOpen };
}

interface MenuProps {
  readonly at: At;
  readonly field: Field;
  readonly element: Pick<
    Extract<Element, { type: 'static_select' }>,
    'confirm' | 'placeholder' | 'focus_on_load'
  >;
  readonly menu: ReturnType<typeof useMenu>;
  readonly offer: Offer;
  readonly kept: readonly Choice[];
  readonly most: number | null;
  /** Its value is an id, not one of its options. */
  readonly fills?: boolean;
}

function Menu({ at, field, element, menu, offer, kept, most, fills = false }: MenuProps) {
  const { surface } = useActing();
  const { busy, failed, run } = useRunning();
  const [ask, dialog] = useConfirm();
  const [chosen, show] = useShown(kept);
  const choose = (next: readonly Choice[]) =>
    ask(element.confirm, () => {
      show(next);
      const values = next.map(({ value }) => value);
      const use = () => (fills ? surface.fill(at, values[0] ?? '') : surface.choose(at, values));
      void run(use).then((went) => {
        if (!went) show(null);
      });
    });
  return (
    <span className="draw-element draw-wide">
      <Combobox
        {...{ field, offer, chosen, most, busy, ...menu }}
        placeholder={element.placeholder?.text ?? (most === null ? 'Select an item' : 'Select options')}
        focusOnLoad={element.focus_on_load ?? false}
        onChoose={choose}
      />
      <Trouble told={failed} />
      {dialog}
    </span>
  );
}
