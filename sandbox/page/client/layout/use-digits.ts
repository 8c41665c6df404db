import { useEffect, useRef } from 'react';

/** Calls back with the place of the digit that somebody presses (0 for the key 1), outside of fields and dialogs. */
export function useDigits(onDigit: (place: number) => void): void {
  const latest = useRef(onDigit);
  useEffect(() => {
    latest.current = onDigit;
  });
  useEffect(() => {
    const onKeyDown = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent) => {
      if (ctrlKey || metaKey || altKey || !/^[1-9]$/.test(key)) return;
      const fields = 'input, textarea, select, [contenteditable], [role="dialog"], [role="menu"]';
      if (target instanceof Element && target.closest(fields)) return;
      latest.current(Number(key) - 1);
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}
