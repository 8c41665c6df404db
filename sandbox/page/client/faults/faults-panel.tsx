/** What can be made to go wrong. */
export function FaultsPanel() {
  return <section aria-label="Faults" />;
}
