import type { Watch } from './console-store.js';
import { OutcomeView } from './outcome.js';

/** A statement that runs each second: how its outcome changed, and what it is now. */
export function WatchView({ watch, onStop }: { readonly watch: Watch; readonly onStop: () => void }) {
  const { sql, seen, ran, waits } = watch;
  const now = ran?.outcomes.at(-1);
  return (
    <section className="db-watch" aria-label="Watched statement">
      <header>
        <code>{sql}</code>
        <button type="button" className="db-button" onClick={onStop}>
          Stop
        </button>
      </header>
      <ol aria-live="polite">
        {seen.map(({ at, says, ok }, n) => (
          <li
            key={`${at} ${says}`}
            className={ok ? 'db-ok' : 'db-not-ok'}
            aria-current={n === seen.length - 1 ? 'true' : undefined}
          >
            <time dateTime={new Date(at).toISOString()}>{new Date(at).toLocaleTimeString('en-GB')}</time>{' '}
            {says}
          </li>
        ))}
      </ol>
      {waits !== null && <p className="db-tag">{waits}</p>}
      {now?.kind === 'rows' && <OutcomeView outcome={{ ...now, rows: now.rows.slice(0, 5) }} />}
    </section>
  );
}
