import type { GuideStep, StepId } from '../../api-guide.js';
import type { Destination } from '../layout/place.js';

const ANA = 'U0ANA';
const CORA = 'U0CORA';

/** Where each step happens, by what its buttons say. */
const PLACES: Readonly<Record<StepId, readonly { readonly says: string; readonly to: Destination }[]>> = {
  ask: [{ says: 'Show me Slack as Ana', to: { user: ANA } }],
  refused: [{ says: 'Show me Ana’s console', to: { user: ANA, panel: 'database' } }],
  approve: [{ says: 'Show me Slack as Cora', to: { user: CORA } }],
  rows: [{ says: 'Show me Ana’s console', to: { user: ANA, panel: 'database' } }],
  over: [
    { says: 'Show me Slack as Ana', to: { user: ANA } },
    { says: 'Show me Ana’s console', to: { user: ANA, panel: 'database' } },
  ],
  break: [
    { says: 'Show me Slack as Ana', to: { user: ANA } },
    { says: 'Show me the faults', to: { panel: 'faults' } },
  ],
};
const STATES = { done: 'Done', skipped: 'Skipped', open: 'To do' } as const;

interface Props {
  readonly step: GuideStep;
  readonly number: number;
  /** The first that is neither done nor skipped: it says how. */
  readonly current: boolean;
  readonly busy: boolean;
  onGo(to: Destination): void;
  onSkip(skipped: boolean): void;
}

export function Step({ step: { id, title, how, state, seen }, number, current, busy, onGo, onSkip }: Props) {
  return (
    <li className="guide-step" data-state={state} aria-current={current ? 'step' : undefined}>
      <span className="guide-mark" aria-hidden="true">
        {state === 'done' ? '✓' : number}
      </span>
      <div>
        <h3>
          {title} <span className="unseen">({STATES[state]})</span>
        </h3>
        {seen !== null && <p className="guide-seen">{seen}</p>}
        {current && how.map((line) => <p key={line}>{line}</p>)}
        {current && (
          <div className="guide-buttons">
            {PLACES[id].map(({ says, to }) => (
              <button key={says} type="button" className="guide-show" onClick={() => onGo(to)}>
                {says}
              </button>
            ))}
            <button type="button" disabled={busy} onClick={() => onSkip(true)}>
              Skip<span className="unseen"> step {number}</span>
            </button>
          </div>
        )}
        {state === 'skipped' && (
          <button type="button" disabled={busy} onClick={() => onSkip(false)}>
            Back to this step
          </button>
        )}
      </div>
    </li>
  );
}
