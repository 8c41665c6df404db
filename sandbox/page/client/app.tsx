/** The page: Slack as one or two of its people, and beside it the database, the faults and the guide. */
import { useState } from 'react';
import { DatabasePanel } from './database/database-panel.js';
import { FaultsPanel } from './faults/faults-panel.js';
import { GuidePanel } from './guide/guide-panel.js';
import { SlackWindow } from './slack/slack-window.js';
import { useWorkspace } from './use-feed.js';

const PANELS = { database: 'Database', faults: 'Faults', guide: 'Guide' } as const;

export function App() {
  const workspace = useWorkspace();
  const [user, setUser] = useState('U0ANA');
  const [panel, setPanel] = useState<keyof typeof PANELS>('guide');
  if (workspace === null) return <p className="starting">Starting …</p>;
  const played = workspace.cast.find(({ id }) => id === user);
  return (
    <div className="page">
      <header>
        <label>
          You are
          <select value={user} onChange={(event) => setUser(event.target.value)}>
            {workspace.cast.map(({ id, name, part }) => (
              <option key={id} value={id}>
                {name} ({part})
              </option>
            ))}
          </select>
        </label>
      </header>
      <main>
        <SlackWindow key={user} user={user} workspace={workspace} />
        <aside>
          {Object.entries(PANELS).map(([name, label]) => (
            <button key={name} type="button" onClick={() => setPanel(name as keyof typeof PANELS)}>
              {label}
            </button>
          ))}
          {panel === 'database' && <DatabasePanel played={played ?? null} />}
          {panel === 'faults' && <FaultsPanel />}
          {panel === 'guide' && <GuidePanel />}
        </aside>
      </main>
    </div>
  );
}
