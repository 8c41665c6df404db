import { type ReactNode, useId } from 'react';
import { usePress } from './use-press.js';

export type Tone = 'good' | 'bad' | 'moving' | 'none';

interface Props {
  readonly title: string;
  /** How it is now, in a word or two. */
  readonly state?: string;
  readonly tone?: Tone;
  /** What to look at. */
  readonly watch: string;
  /** Why something that was started before failed; null: it didn't. */
  readonly failed?: string | null;
  readonly children: (pressing: {
    readonly busy: boolean;
    press(verb: string, args?: object): void;
  }) => ReactNode;
}

/** One thing that can be made to go wrong: its state, its buttons, and what to watch for. */
export function Control({ title, state, tone = 'none', watch, failed = null, children }: Props) {
  const { busy, failed: refused, press } = usePress();
  const id = useId();
  const why = refused ?? failed;
  return (
    <section className="faults-control" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {state !== undefined && (
        <span className="faults-state" data-tone={tone}>
          {state}
        </span>
      )}
      <div className="faults-buttons">
        {children({ busy, press: (verb, args) => void press(verb, args) })}
      </div>
      {why !== null && (
        <p className="faults-failed" role="alert">
          {why}
        </p>
      )}
      <p className="faults-watch">
        <b>Watch for:</b> {watch}
      </p>
    </section>
  );
}
