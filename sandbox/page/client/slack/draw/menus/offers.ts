/** What a menu offers, filtered by what is typed. */
import { useEffect, useRef, useState } from 'react';
import type { Option } from '../../../../../slack/validate/objects.js';
import { Refused } from '../../../server.js';
import type { At } from '../../surface.js';
import { useActing } from '../acting.js';
import { useReader } from '../reader.js';

export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly description: string | null;
}

export interface Group {
  /** null: they stand alone. */
  readonly label: string | null;
  readonly choices: readonly Choice[];
}

export interface Offer {
  readonly groups: readonly Group[];
  /** What stands there instead of choices. */
  readonly instead: string | null;
}

const NOTHING = 'No results';
/** The pause in typing after which the app is asked. */
const ASK_AFTER_MS = 250;
/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element */
const DEFAULT_QUERY_LENGTH = 3;

export function choiceOf({ value, text, description }: Option): Choice {
  return { value, text: text.text, description: description?.text ?? null };
}

/** Those that hold what is typed. */
export function filtered(groups: readonly Group[], query: string): Offer {
  const wanted = query.trim().toLowerCase();
  const matching = groups
    .map(({ label, choices }) => ({
      label,
      choices: choices.filter(({ text, description }) =>
        `${text}\n${description ?? ''}`.toLowerCase().includes(wanted),
      ),
    }))
    .filter(({ choices }) => choices.length > 0);
  return { groups: matching, instead: matching.length > 0 ? null : NOTHING };
}

interface OwnOptions {
  readonly options?: readonly Option[] | undefined;
  readonly option_groups?:
    | readonly { readonly label: { readonly text: string }; readonly options: readonly Option[] }[]
    | undefined;
}

/** The options that stand in the element itself. */
export function ownGroups({ options, option_groups }: OwnOptions): readonly Group[] {
  return [
    ...(options ? [{ label: null, choices: options.map(choiceOf) }] : []),
    ...(option_groups ?? []).map((group) => ({
      label: group.label.text,
      choices: group.options.map(choiceOf),
    })),
  ];
}

type Answer = { readonly query: string } & (
  | { readonly options: readonly Option[] }
  | { readonly failed: string }
);

/** What the app offers: it is asked after a pause in typing, about one text at a time. */
export function useAppsOffer(
  at: At,
  { min_query_length: least = DEFAULT_QUERY_LENGTH }: { readonly min_query_length?: number | undefined },
  query: string,
  isOpen: boolean,
): Offer {
  const { surface } = useActing();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const lastAsked = useRef<Promise<void>>(Promise.resolve());
  const current = useRef(surface);
  useEffect(() => {
    current.current = surface;
  });
  const asks = isOpen && query.length >= least;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `at` says the same at each render.
  useEffect(() => {
    setAnswer(null);
    if (!asks) return;
    let ended = false;
    const ask = async () => {
      if (ended) return;
      const answered = await current.current.options(at, query).then(
        (options): Answer => ({ query, options }),
        (error: unknown): Answer => ({
          query,
          failed: error instanceof Refused ? error.message : String(error),
        }),
      );
      if (!ended) setAnswer(answered);
    };
    const timer = setTimeout(
      () => {
        lastAsked.current = lastAsked.current.then(ask);
      },
      query === '' ? 0 : ASK_AFTER_MS,
    );
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [asks, query]);

  if (query.length < least) {
    return { groups: [], instead: `Type ${least} or more characters to search` };
  }
  if (answer?.query !== query) return { groups: [], instead: 'Loading…' };
  if ('failed' in answer) return { groups: [], instead: 'We had some trouble loading results. Try again?' };
  // What the app offers stands as it is: only the app knows what matches.
  return filtered([{ label: null, choices: answer.options.map(choiceOf) }], '');
}

/** All who are still here. */
export function usePeople(): readonly Group[] {
  const { people } = useReader().workspace;
  const choices = people
    .filter(({ deactivated, bot }) => !deactivated && !bot)
    .map(({ id, realName, name }) => ({ value: id, text: realName, description: `@${name}` }));
  return [{ label: null, choices: choices.toSorted((a, b) => a.text.localeCompare(b.text)) }];
}

/** The channels that the reader sees. */
export function useConversations(): readonly Group[] {
  const { workspace, viewer } = useReader();
  const choices = workspace.channels
    .filter(
      ({ kind, archived, members }) =>
        kind !== 'im' && !archived && (kind === 'public' || members.includes(viewer)),
    )
    .map(({ id, name, kind }) => ({
      value: id,
      text: `${kind === 'private' ? '🔒 ' : '#'}${name}`,
      description: null,
    }));
  return [{ label: null, choices: choices.toSorted((a, b) => a.text.localeCompare(b.text)) }];
}
