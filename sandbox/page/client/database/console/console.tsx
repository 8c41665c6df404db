import { useRef } from 'react';
import type { ConsolePlace } from '../../../api-database.js';
import './console.css';
import { Editor, type EditorHandle } from './editor.js';
import { stateOf } from './prompt.js';
import { SnippetBar } from './snippet-bar.js';
import { firstStatement } from './statements.js';
import { Transcript } from './transcript.js';
import { useConsole } from './use-console.js';
import { WatchView } from './watch-view.js';

/** A SQL console as one login, in a session that stays open. */
export function Console({ place }: { readonly place: ConsolePlace }) {
  const { store, held } = useConsole(place);
  const editor = useRef<EditorHandle>(null);
  const { session, entries, watch } = held;
  const running =
    entries.some(({ ran, refused }) => ran === null && refused === null) || session?.running === true;

  const runText = (sql: string) => {
    if (sql.trim() !== '' && !running) void store.run(sql.trim());
  };
  const run = () => runText(editor.current?.text() ?? '');
  const toggleWatch = () => {
    const sql = firstStatement(editor.current?.text() ?? '');
    if (watch !== null) store.unwatch();
    else if (sql !== '') store.watch(sql);
  };
  return (
    <section className="db-console" aria-label={`SQL console of ${place.login} on ${place.on}`}>
      <div className="db-state">
        <span role="status" data-state={session?.ended ? 'ended' : (session?.transaction ?? 'none')}>
          {stateOf(session)}
          {session?.pid != null && ` · pid ${session.pid}`}
        </span>
        <button
          type="button"
          className="db-button"
          onClick={() => store.clear()}
          disabled={entries.length === 0}
        >
          Clear
        </button>
        <button type="button" className="db-button" onClick={() => void store.reconnect()}>
          Reconnect
        </button>
      </div>
      <Transcript entries={entries} />
      {session !== null && session.ended !== null && (
        <p className="db-ended" role="alert">
          The server closed this session: {session.ended}. The next run opens a new one.
        </p>
      )}
      {watch !== null && <WatchView watch={watch} onStop={() => store.unwatch()} />}
      <div className="db-input">
        <span className="db-prompt" aria-hidden>
          {store.prompt}
        </span>
        <Editor key={`${place.login}/${place.on}`} ref={editor} store={store} onRun={run} />
      </div>
      <div className="db-actions">
        <button
          type="button"
          className="db-button db-primary"
          onClick={run}
          disabled={running}
          title="Ctrl-Enter, ⌘-Enter"
        >
          Run
        </button>
        <button type="button" className="db-button" onClick={() => void store.cancel()} disabled={!running}>
          Cancel
        </button>
        <label className="db-toggle" title="The first statement, each second, in this session">
          <input type="checkbox" checked={watch !== null} onChange={toggleWatch} /> Run again every second
        </label>
      </div>
      <SnippetBar
        on={place.on}
        onPick={(sql) => {
          editor.current?.put(sql);
          runText(sql);
        }}
      />
    </section>
  );
}
