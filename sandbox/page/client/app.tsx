/** The page: Slack as one or two of its people, and beside it the guide, the database and the faults. */
import { useCallback } from 'react';
import type { WorkspaceState } from '../api.js';
import { DatabasePanel } from './database/database-panel.js';
import { FaultsPanel } from './faults/faults-panel.js';
import { HallpassBadge } from './faults/hallpass-badge.js';
import { GuidePanel } from './guide/guide-panel.js';
import { BottomBar } from './layout/bottom-bar.js';
import type { Destination } from './layout/place.js';
import { SidePanel } from './layout/side-panel.js';
import { TopBar } from './layout/top-bar.js';
import { useCalls } from './layout/use-calls.js';
import { useDigits } from './layout/use-digits.js';
import { useMedia } from './layout/use-media.js';
import { usePlace } from './layout/use-place.js';
import { WindowTitle } from './layout/window-title.js';
import { SlackWindow } from './slack/slack-window.js';
import { useWorkspace } from './use-feed.js';
import './app.css';

export function App() {
  const workspace = useWorkspace();
  if (workspace === null) return <p className="starting">Starting …</p>;
  return <Page workspace={workspace} />;
}

function Page({ workspace }: { readonly workspace: WorkspaceState }) {
  const narrow = useMedia('(max-width: 760px)');
  const wide = useMedia('(min-width: 1180px)');
  const [place, go] = usePlace(workspace.cast, narrow);
  const callsOf = useCalls();
  const [first, second] = place.windows;
  const active = place.windows[place.active] ?? first;
  const idle = second === undefined ? null : place.active === 0 ? second : first;
  const played = workspace.cast.find(({ id }) => id === active.user) ?? null;
  const { room: goRoom } = go;
  const onFirstRoom = useCallback((room: string | null) => goRoom(0, room), [goRoom]);
  const onSecondRoom = useCallback((room: string | null) => goRoom(1, room), [goRoom]);
  useDigits((digit) => {
    const member = workspace.cast[digit];
    if (member) go.play(member.id);
  });
  const onGo = ({ user, panel }: Destination) => {
    if (user !== undefined) go.play(user);
    if (panel !== undefined) go.panel(panel);
    else if (narrow) go.open(false);
  };
  const shown = narrow || second === undefined ? [active] : [first, second];
  return (
    <div className={narrow ? 'page page-narrow' : 'page'}>
      <TopBar
        workspace={workspace}
        played={active.user}
        other={narrow ? null : (idle?.user ?? null)}
        callsOf={callsOf}
        wide={wide}
        narrow={narrow}
        panelOpen={place.open}
        state={<HallpassBadge />}
        onPlay={go.play}
        onBeside={go.beside}
        onAlone={() => go.alone(place.active === 0 ? 1 : 0)}
        onPanel={() => go.open(!place.open)}
      />
      <main className="page-main">
        {!(narrow && place.open) &&
          shown.map((opened) => {
            const index = opened === second ? 1 : 0;
            const isActive = index === place.active;
            return (
              <div
                key={opened.user}
                className="page-window"
                onPointerDownCapture={() => isActive || go.activate(index)}
                onFocusCapture={() => isActive || go.activate(index)}
              >
                {shown.length === 2 && (
                  <WindowTitle
                    workspace={workspace}
                    user={opened.user}
                    active={isActive}
                    other={(index === 0 ? second : first)?.user ?? null}
                    callsOf={callsOf}
                    onPlay={(user) => go.replace(index, user)}
                    onClose={() => go.alone(index)}
                  />
                )}
                <SlackWindow
                  user={opened.user}
                  workspace={workspace}
                  room={opened.room}
                  narrow={narrow}
                  onRoom={index === 0 ? onFirstRoom : onSecondRoom}
                />
              </div>
            );
          })}
        <div className="page-panel" hidden={!place.open}>
          <SidePanel panel={place.panel} tabs={!narrow} onPanel={go.panel}>
            {{
              guide: <GuidePanel onGo={onGo} />,
              database: <DatabasePanel played={played} />,
              faults: <FaultsPanel />,
            }}
          </SidePanel>
        </div>
      </main>
      {narrow && <BottomBar place={place} onSlack={() => go.open(false)} onPanel={go.panel} />}
    </div>
  );
}
