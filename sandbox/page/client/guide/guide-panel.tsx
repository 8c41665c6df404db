import { usePress } from '../faults/use-press.js';
import type { Destination } from '../layout/place.js';
import { useTopic } from '../use-feed.js';
import { Step } from './step.js';
import './guide.css';

/** Six steps for a newcomer. @param onGo switches the person or the panel */
export function GuidePanel({ onGo }: { onGo(to: Destination): void }) {
  const guide = useTopic('guide');
  const { busy, failed, press } = usePress();
  if (guide === null) return <section aria-label="Guide" />;
  const { steps, receipt } = guide;
  const current = steps.find(({ state }) => state === 'open')?.id ?? null;
  const done = steps.filter(({ state }) => state === 'done').length;
  return (
    <section className="guide" aria-label="Guide">
      <h2>Six steps, by your own hand</h2>
      <p className="guide-count" role="status">
        {done} of {steps.length} done. A step ticks itself off when it has really happened.
      </p>
      <ol>
        {steps.map((step, i) => (
          <Step
            key={step.id}
            step={step}
            number={i + 1}
            current={step.id === current}
            busy={busy}
            onGo={onGo}
            onSkip={(skipped) => void press('guide-skip', { step: step.id, skipped })}
          />
        ))}
      </ol>
      {failed !== null && (
        <p className="faults-failed" role="alert">
          {failed}
        </p>
      )}
      {current === null && receipt !== null && (
        <div className="guide-receipt" role="status">
          <h3>Receipt</h3>
          <p>pg_auth_members and the ledger say: {receipt}.</p>
        </div>
      )}
    </section>
  );
}
