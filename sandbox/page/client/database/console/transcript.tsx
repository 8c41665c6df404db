import { useLayoutEffect, useRef } from 'react';
import type { Ran } from '../../../api-database.js';
import type { Entry } from './console-store.js';
import { OutcomeView } from './outcome.js';
import './transcript.css';
import { took } from './prompt.js';

/** How close to its end somebody must stand to be kept there, pixels. */
const NEAR = 40;

/** All that was run, and what came of it: the newest at the bottom. */
export function Transcript({ entries }: { readonly entries: readonly Entry[] }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it moves when something is added.
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [entries]);
  return (
    <div
      ref={box}
      className="db-transcript"
      role="log"
      aria-label="What was run"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keyboard too.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
      }}
    >
      {entries.length === 0 && (
        <p className="db-empty">A session of its own, as in psql. Run something, or try one of these:</p>
      )}
      {entries.map((entry) => (
        <EntryView key={entry.n} {...entry} />
      ))}
    </div>
  );
}

function EntryView({ prompt, sql, ran, refused }: Entry) {
  return (
    <div className="db-entry">
      <div className="db-ran">
        <pre className="db-sql">
          <span className="db-prompt">{prompt}</span> {sql === '' ? '-- reconnect' : sql}
        </pre>
        {ran !== null && sql !== '' && <span className="db-took">{took(ran.ms)}</span>}
      </div>
      {ran === null && refused === null && <p className="db-tag">Running …</p>}
      {refused !== null && <p className="db-said db-error">{refused}</p>}
      {ran !== null && (
        <>
          {ran.opened !== null && <p className="db-opened">{openedWords(ran.opened, sql === '')}</p>}
          {ran.outcomes.map((outcome, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they never move.
            <OutcomeView key={n} outcome={outcome} />
          ))}
        </>
      )}
    </div>
  );
}

function openedWords({ pid, because }: NonNullable<Ran['opened']>, asked: boolean): string {
  if (because !== null)
    return `The server closed the session before: ${because}. This is a new one, pid ${pid}.`;
  return asked ? `A new session, pid ${pid}.` : `Connected, pid ${pid}.`;
}
