/** What a rule that approves without an approver says of a request at this moment. */
export type RuleAnswer =
  /** `through`: what fulfills it, in words for the card; `maxMs`: the longest grant that it gives, milliseconds. */
  | {
      readonly answer: 'yes';
      readonly through: string;
      readonly maxMs: number;
      /** What the audit keeps of it beside that. */
      readonly audit?: Readonly<Record<string, unknown>>;
      /** Asked at the last moment, where someone may take it away. */
      readonly stillHolds?: () => Promise<boolean>;
    }
  | { readonly answer: 'no' }
  /** It could not be asked; `why` is a sentence. */
  | { readonly answer: 'unsure'; readonly why: string };
