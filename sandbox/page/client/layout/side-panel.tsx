/** Beside Slack: the guide, the database and the faults. */
import { Tabs } from 'radix-ui';
import type { ReactNode } from 'react';
import { PANELS, type Panel } from './place.js';
import './side-panel.css';

const NAMES: Readonly<Record<Panel, string>> = { guide: 'Guide', database: 'Database', faults: 'Faults' };

interface Props {
  readonly panel: Panel;
  /** Whether it shows its own tabs: where a bar at the bottom has them, it doesn't. */
  readonly tabs: boolean;
  readonly children: Readonly<Record<Panel, ReactNode>>;
  onPanel(panel: Panel): void;
}

/** All three stay while another is in front: a console keeps what was typed. */
export function SidePanel({ panel, tabs, children, onPanel }: Props) {
  return (
    <Tabs.Root
      className="panel"
      value={panel}
      onValueChange={(value) => onPanel(PANELS.find((each) => each === value) ?? 'guide')}
    >
      <Tabs.List className="panel-tabs" aria-label="Beside Slack" hidden={!tabs}>
        {PANELS.map((each) => (
          <Tabs.Trigger key={each} value={each}>
            {NAMES[each]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {PANELS.map((each) => (
        <Tabs.Content
          key={each}
          value={each}
          forceMount
          hidden={each !== panel}
          className="panel-content"
          tabIndex={-1}
        >
          {children[each]}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
