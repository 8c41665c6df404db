/** Six steps for a newcomer. */
export function GuidePanel() {
  return <section aria-label="Guide" />;
}
