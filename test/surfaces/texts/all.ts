/** Every text that people read in Slack, with ordinary facts. A new message, form or Home state gets its sample here. */
import { ANSWERS, SENTENCES } from './answers.js';
import { FORM_WORDS } from './form-words.js';
import { FORMS } from './forms.js';
import { HOMES } from './homes.js';
import { TO_OPERATORS } from './operators.js';
import { REQUESTS } from './requests.js';
import type { Sample, Sentence } from './sample.js';

export const ALL: readonly Sample[] = [...REQUESTS, ...ANSWERS, ...FORMS, ...HOMES, ...TO_OPERATORS];

/** By the file in which they are read together. */
export const ALL_SENTENCES: Readonly<Record<string, readonly Sentence[]>> = {
  ...SENTENCES,
  'beside-a-field': FORM_WORDS,
};
