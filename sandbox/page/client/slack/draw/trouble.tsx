/** The warning sign beside an element that did not work. */
export function Trouble({ told }: { readonly told: string | null }) {
  if (told === null) return null;
  return (
    <span className="draw-trouble" role="alert" title={told}>
      <span aria-hidden="true">⚠️</span>
      <span className="draw-hidden">This didn’t work: {told}</span>
    </span>
  );
}
