/** What cannot be drawn says so. */
export function Unsupported({ of }: { readonly of: { readonly type: string } }) {
  return <span className="draw-unsupported">unsupported: {of.type}</span>;
}
