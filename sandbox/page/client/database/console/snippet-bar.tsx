import { DropdownMenu } from 'radix-ui';
import type { Instance } from '../../../api-database.js';
import { SNIPPETS } from './snippets.js';

/** How many have a button of their own; the others are in a menu. */
const SHOWN = 4;

/** What is worth trying, to be run at a click. */
export function SnippetBar({
  on,
  onPick,
}: {
  readonly on: Instance;
  readonly onPick: (sql: string) => void;
}) {
  const [first, others] = [SNIPPETS[on].slice(0, SHOWN), SNIPPETS[on].slice(SHOWN)];
  return (
    <fieldset className="db-snippets" aria-label="Try">
      {first.map(({ label, about, sql }) => (
        <button
          key={label}
          type="button"
          className="db-chip"
          title={`${sql}\n\n${about}`}
          onClick={() => onPick(sql)}
        >
          {label}
        </button>
      ))}
      {others.length > 0 && (
        <DropdownMenu.Root>
          <DropdownMenu.Trigger className="db-chip">More …</DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content className="db-menu" align="end" sideOffset={4} collisionPadding={8}>
              {others.map(({ label, about, sql }) => (
                <DropdownMenu.Item key={label} className="db-menu-item" onSelect={() => onPick(sql)}>
                  {label}
                  <span>{about}</span>
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu.Root>
      )}
    </fieldset>
  );
}
