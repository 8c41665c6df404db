import { useTopic } from '../../use-feed.js';
import { usePress } from '../use-press.js';
import { Running } from './running.js';
import './encore.css';

/** Ten thousand grants that end at once. */
export function Encore() {
  const state = useTopic('encore');
  const { busy, failed, press } = usePress();
  const why = failed ?? (state?.phase === 'idle' ? state.failed : null);
  const end = (
    <button type="button" onClick={() => void press('encore-end')}>
      End the encore
    </button>
  );
  return (
    <section className="encore" aria-label="Encore">
      <h3>Encore: 10,000 grants end at once</h3>
      {state === null || state.phase === 'idle' ? (
        <>
          <p>
            Ten thousand logins on each of two servers, and one moment for all: Hallpass revokes on one, a
            worker with a BullMQ job for each grant on the other. It takes half a minute to make them, and
            leaves nothing behind.
          </p>
          <button
            type="button"
            className="faults-good"
            disabled={busy || state === null}
            onClick={() => void press('encore')}
          >
            Play the encore
          </button>
        </>
      ) : state.phase === 'preparing' ? (
        <>
          <label className="encore-progress">
            {state.what} …
            <progress value={state.share} max={1} />
          </label>
          {end}
        </>
      ) : (
        <>
          <Running run={state} press={(verb, args) => void press(verb, args)} />
          {end}
        </>
      )}
      {why !== null && (
        <p className="faults-failed" role="alert">
          {why}
        </p>
      )}
      <p className="faults-watch">
        <b>Watch for:</b> both counters are read from pg_auth_members. Kill Hallpass in the middle and start
        it: its counter goes on to zero. Flush the jobs: the worker’s never does.
      </p>
    </section>
  );
}
