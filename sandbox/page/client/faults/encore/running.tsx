import { useEffect, useState } from 'react';
import type { EncoreCounter, EncoreRun } from '../../../api-faults.js';

const NAMES: Readonly<Record<keyof EncoreRun['counters'], string>> = {
  hallpass: 'Hallpass',
  naive: 'One job a grant',
};
const ALL = 10_000;

interface Props {
  readonly run: EncoreRun;
  press(verb: string, args?: object): void;
}

/** Two counters, how long until they fall or since, and what can be done to them meanwhile. */
export function Running({ run, press }: Props) {
  const isOver = run.phase === 'over';
  return (
    <>
      <Due due={run.due} stopped={isOver} />
      <div className="encore-counters">
        {(['hallpass', 'naive'] as const).map((name) => (
          <Counter key={name} name={NAMES[name]} counter={run.counters[name]} />
        ))}
      </div>
      {run.notes.map(({ at, what }) => (
        <p key={`${at} ${what}`} className="encore-note">
          {seconds(at)}: {what}
        </p>
      ))}
      {!isOver && (
        <div className="faults-buttons">
          <label>
            <input
              type="checkbox"
              checked={run.killInTheMiddle}
              disabled={run.hallpass !== 'running'}
              onChange={() => press('encore-kill', { inTheMiddle: true })}
            />{' '}
            kill -9 when half are gone
          </label>
          {run.hallpass === 'gone' ? (
            <button type="button" className="faults-good" onClick={() => press('encore-start')}>
              Start its Hallpass
            </button>
          ) : (
            <button
              type="button"
              className="faults-bad"
              disabled={run.hallpass === 'starting'}
              onClick={() => press('encore-kill', { inTheMiddle: false })}
            >
              kill -9 its Hallpass
            </button>
          )}
          <button type="button" className="faults-bad" onClick={() => press('encore-flush')}>
            Flush the jobs of both
          </button>
        </div>
      )}
    </>
  );
}

function Counter({
  name,
  counter: { left, doneAfter },
}: {
  readonly name: string;
  readonly counter: EncoreCounter;
}) {
  return (
    <figure className="encore-counter" data-done={doneAfter !== null}>
      <figcaption>{name}</figcaption>
      <output aria-label={`${name}: memberships left`}>{left.toLocaleString('en-US')}</output>
      <meter value={left} max={ALL} aria-label={`${name}: share left`} />
      <small>{doneAfter === null ? 'memberships left' : `all gone after ${seconds(doneAfter)}`}</small>
    </figure>
  );
}

/** Counts by itself. */
function Due({ due, stopped }: { readonly due: number; readonly stopped: boolean }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (stopped) return;
    const timer = setInterval(() => setNow(Date.now()), 200);
    return () => clearInterval(timer);
  }, [stopped]);
  if (stopped) return <p>It is over, and everything of it is gone.</p>;
  const ms = now - due;
  return <p>{ms < 0 ? `Due in ${Math.ceil(-ms / 1000)} s` : `Due ${Math.floor(ms / 1000)} s ago`}</p>;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
