import type { FaultsState } from '../../api-faults.js';
import { useTopic } from '../use-feed.js';
import './faults.css';

const WORDS: Readonly<Record<FaultsState['hallpass'], string>> = {
  running: 'Hallpass runs',
  starting: 'Hallpass starts …',
  gone: 'Hallpass is gone',
};

/** For the bar of the page: whether Hallpass runs. */
export function HallpassBadge() {
  const faults = useTopic('faults');
  return (
    <span className="faults-badge" role="status" data-state={faults?.hallpass}>
      {faults && WORDS[faults.hallpass]}
    </span>
  );
}
