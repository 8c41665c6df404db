import type { Shown } from './who.js';
import './avatar.css';

/** A square with an initial. The name stands beside it, so that screen readers skip this one. */
export function Avatar({ who, size }: { readonly who: Shown; readonly size: 20 | 24 | 28 | 36 | 48 }) {
  return (
    <span
      className="slack-avatar"
      aria-hidden="true"
      style={{ background: who.color, width: size, height: size, fontSize: Math.round(size * 0.5) }}
    >
      {who.initial}
    </span>
  );
}
