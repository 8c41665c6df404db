import type { FaultsState } from '../../api-faults.js';

/** What was done last, and what came of it. */
export function LastDone({ last }: Pick<FaultsState, 'last'>) {
  return (
    <div className="faults-last" role="status">
      {last === null ? (
        <p>
          Break something: Hallpass proves every grant revoked when its time is up, whatever fails in between.
        </p>
      ) : (
        <>
          <p>
            <b>{last.what}.</b> <time>{new Date(last.at).toLocaleTimeString()}</time>
          </p>
          {last.came.map((line, i) => (
            // Lines are only ever added.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <p key={i}>{line}</p>
          ))}
        </>
      )}
    </div>
  );
}
