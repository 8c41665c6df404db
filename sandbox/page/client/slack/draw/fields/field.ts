/** How a screen reader names a field, and what it says beside it. */
export interface Field {
  /** Of the control; the label of an input block points at it. */
  readonly id: string;
  /** The id of its label, or the name itself where there is no label. */
  readonly name: { readonly labelledBy: string } | { readonly label: string };
  /** The ids of hint and error. */
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly required: boolean;
}

/** As attributes. */
export function ariaOf({ name, describedBy, invalid, required }: Field) {
  return {
    ...('label' in name ? { 'aria-label': name.label } : { 'aria-labelledby': name.labelledBy }),
    'aria-describedby': describedBy,
    'aria-invalid': invalid || undefined,
    'aria-required': required || undefined,
  };
}
