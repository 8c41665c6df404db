/** What somebody typed into a field of a form, as it is kept: Postgres keeps no NUL in a text. '' when they typed nothing. */
export function keptText(field: string | null): string {
  return (field ?? '').replaceAll('\0', '').trim();
}
