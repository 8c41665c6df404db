import { useTopic } from '../use-feed.js';
import { Encore } from './encore/encore.js';
import { LastDone } from './last-done.js';
import { ProcessControls } from './process.js';
import { ServerControls } from './servers.js';
import { ServiceControls } from './services.js';
import { usePress } from './use-press.js';
import './faults.css';

/** What can be made to go wrong. */
export function FaultsPanel() {
  const state = useTopic('faults');
  const { busy, failed, press } = usePress();
  return (
    <section className="faults" aria-label="Faults">
      {state !== null && (
        <>
          <LastDone last={state.last} />
          <ProcessControls state={state} />
          <ServerControls servers={state.servers} />
          <ServiceControls state={state} />
          <button type="button" className="faults-heal" disabled={busy} onClick={() => void press('heal')}>
            Make everything work again
          </button>
          {failed !== null && (
            <p className="faults-failed" role="alert">
              {failed}
            </p>
          )}
        </>
      )}
      <Encore />
    </section>
  );
}
