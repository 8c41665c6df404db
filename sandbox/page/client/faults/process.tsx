import type { FaultsState } from '../../api-faults.js';
import { Control, type Tone } from './control.js';

const TONES: Readonly<Record<FaultsState['hallpass'], Tone>> = {
  running: 'good',
  starting: 'moving',
  gone: 'bad',
};
const STEPS = ['10 minutes', '1 hour', '1 day'] as const;

/** Hallpass’s process, its alarms and its clock. */
export function ProcessControls({ state }: { readonly state: FaultsState }) {
  return (
    <>
      <Control
        title="Hallpass"
        state={state.hallpass}
        tone={TONES[state.hallpass]}
        failed={state.hallpassFailed}
        watch="what is granted stays while Hallpass is gone, and nothing in Slack answers. When it starts, all that was due meanwhile is revoked within seconds."
      >
        {({ busy, press }) =>
          state.hallpass === 'gone' ? (
            <button
              type="button"
              className="faults-good"
              disabled={busy}
              onClick={() => press('start-hallpass')}
            >
              Start Hallpass
            </button>
          ) : (
            <button
              type="button"
              className="faults-bad"
              disabled={busy || state.hallpass === 'starting'}
              onClick={() => press('kill-hallpass')}
            >
              kill -9 Hallpass
            </button>
          )
        }
      </Control>
      <Control
        title="Alarms"
        watch="nothing. An alarm is a hint: a grant ends all the same, 15 s after its time at the latest, because Hallpass also looks by itself."
      >
        {({ busy, press }) => (
          <button type="button" className="faults-bad" disabled={busy} onClick={() => press('flush-alarms')}>
            Flush the alarms
          </button>
        )}
      </Control>
      <Control
        title="The clock"
        watch="reminders, and others who are asked; requests that lapse; grants that end; emergencies that come up for review. Within 15 s."
      >
        {({ busy, press }) =>
          STEPS.map((by) => (
            <button key={by} type="button" disabled={busy} onClick={() => press('turn-clock', { by })}>
              <span className="unseen">Turn the clock forward by </span>+{by}
            </button>
          ))
        }
      </Control>
    </>
  );
}
