import { useEffect, useState } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'hallpass-demo-theme';

/** The theme that somebody chose, kept in their browser. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(
    () => THEMES.find((each) => each === localStorage.getItem(KEY)) ?? 'system',
  );
  useEffect(() => {
    localStorage.setItem(KEY, theme);
    const { dataset } = document.documentElement;
    if (theme === 'system') delete dataset.theme;
    else dataset.theme = theme;
  }, [theme]);
  return [theme, setTheme];
}
