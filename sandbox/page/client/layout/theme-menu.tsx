import { DropdownMenu } from 'radix-ui';
import { Icon } from '../slack/icons.js';
import { THEMES, type Theme, useTheme } from './use-theme.js';
import '../slack/menu.css';

const NAMES: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' };

export function ThemeMenu() {
  const [theme, setTheme] = useTheme();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="bar-button" aria-label="Theme" title="Theme">
        <Icon name="sun" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="slack-menu" align="end" sideOffset={6} collisionPadding={8}>
          <DropdownMenu.RadioGroup
            value={theme}
            onValueChange={(value) => setTheme(THEMES.find((each) => each === value) ?? 'system')}
          >
            {THEMES.map((each) => (
              <DropdownMenu.RadioItem key={each} value={each} className="slack-menu-item">
                <span className="slack-menu-name">{NAMES[each]}</span>
                <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
