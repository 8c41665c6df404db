import type { Alarms, Told } from '../../../api-database.js';
import { Fact } from './fact.js';
import { remaining } from './remaining.js';
import { useNow } from './use-now.js';

/** BullMQ's delayed jobs: hints for when to look, never the truth. */
export function AlarmsFact({ told }: { readonly told: Told<Alarms> }) {
  const now = useNow();
  return (
    <Fact
      title="Alarms"
      told={told}
      sum={({ count }) => (count === 1 ? '1 delayed job' : `${count} delayed jobs`)}
    >
      {({ next }) => (
        <p className="db-more">
          {next === null ? 'None is set.' : `The next for ${next.target}: ${whenWords(next.at - now)}`}
        </p>
      )}
    </Fact>
  );
}

function whenWords(ms: number): string {
  return ms > 0 ? `in ${remaining(ms)}` : 'now';
}
