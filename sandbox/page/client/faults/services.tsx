import type { FaultsState } from '../../api-faults.js';
import { Choice } from './choice.js';
import { Control } from './control.js';

const SLACK = { none: 'Works', error: '500', late: '5 s late', lost: 'Loses answers' } as const;
const PAGERDUTY = { up: 'Works', down: 'Down' } as const;
const ON_CALL = { dan: 'Dan', ben: 'Ben', nobody: 'Nobody' } as const;

/** Slack, PagerDuty, and who is on call. */
export function ServiceControls({ state }: { readonly state: FaultsState }) {
  return (
    <>
      <Control
        title="Slack"
        state={state.slack === 'none' ? 'works' : 'in trouble'}
        tone={state.slack === 'none' ? 'good' : 'bad'}
        watch="the Database panel: a grant ends on time, and only its message is late. When Slack works again, each message comes, and stands there once."
      >
        {({ busy, press }) => (
          <Choice
            label="How Slack answers"
            options={SLACK}
            value={state.slack}
            disabled={busy}
            onChoose={(trouble) => press('slack-trouble', { trouble })}
          />
        )}
      </Control>
      <Control
        title="PagerDuty"
        state={state.pagerdutyDown ? 'down' : 'works'}
        tone={state.pagerdutyDown ? 'bad' : 'good'}
        watch="ask for orders_write as Dan: Hallpass can’t tell whether he is on call, so it asks the approvers, and the card says so."
      >
        {({ busy, press }) => (
          <Choice
            label="Whether PagerDuty answers"
            options={PAGERDUTY}
            value={state.pagerdutyDown ? 'down' : 'up'}
            disabled={busy}
            onChoose={(to) => press('pagerduty-trouble', { down: to === 'down' })}
          />
        )}
      </Control>
      <Control
        title="Who is on call"
        watch="ask for orders_write on Shop: the person on call has it at once, for an hour; anyone else waits for Cora."
      >
        {({ busy, press }) => (
          <Choice
            label="Who is on call"
            options={ON_CALL}
            value={state.onCall ?? 'nobody'}
            disabled={busy}
            onChoose={(who) => press('on-call', { who: who === 'nobody' ? null : who })}
          />
        )}
      </Control>
    </>
  );
}
