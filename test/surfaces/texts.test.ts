/**
 * Every text that people read, as they read it, in files under read/: a change of words is a change of these files, and
 * they are reviewed by reading them aloud. `npm run docs:texts` draws the same samples.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HomeView, ModalView } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../sandbox/slack/validate/message.js';
import { checkHome, checkModal } from '../../sandbox/slack/validate/view.js';
import { messageAsText, mrkdwnAsText, viewAsText } from '../support/as-text.js';
import { expectFit, expectInert, HOSTILE } from './hostile-words.js';
import { textsIn } from './samples.js';
import { ALL, ALL_SENTENCES } from './texts/all.js';
import { kebab, type Shown } from './texts/sample.js';

const READ = join(import.meta.dirname, 'read');
const SURFACES = join(import.meta.dirname, '../../src/surfaces');

function check(shown: Shown) {
  if (!('type' in shown)) return checkBlocks(shown.blocks);
  return shown.type === 'modal' ? checkModal(shown) : checkHome(shown);
}

function expectFitView(shown: ModalView | HomeView) {
  expect(check(shown)).toMatchObject({ ok: true });
  for (const { type, text } of textsIn(shown.blocks)) {
    if (type === 'mrkdwn') expectInert(text.replaceAll(CARD_LINK, ''));
    else expect(text).not.toContain('\u202E');
  }
}

/** Markup, what grows most when it is escaped, and half characters; limits.test.ts has more of them for what is longest. */
const WORST = [1, 3, 7].flatMap((i) => HOSTILE[i] ?? []);

/** They are given sentences, keys, days and links of ours as they are: those are made safe and short where they come from. */
const TAKE_SENTENCES: ReadonlySet<string> = new Set([
  'forms/emergency-refused',
  'forms/nothing-to-deny',
  'forms/pause-form/on-one',
  'operators/audit-head',
  'home/home/nothing-to-ask-for',
  'request/card/pending-linked',
]);
/** A link that Slack's own address makes. */
const CARD_LINK = /<https:\/\/acme\.slack\.com\/archives\/\w+\/p\d+\|R-\d+>/g;

const asText = (shown: Shown) => ('type' in shown ? viewAsText(shown) : messageAsText(shown));

describe('Slack takes it, and it reads like this', () => {
  it.each(ALL.map(({ path, shown }) => [path, shown] as const))('%s', async (path, shown) => {
    expect(check(shown)).toMatchObject({ ok: true });
    await expect(asText(shown)).toMatchFileSnapshot(join(READ, `${path}.txt`));
  });

  it.each(ALL.map((each) => [each.path, each] as const).filter(([path]) => !TAKE_SENTENCES.has(path)))(
    '%s, with hostile words',
    (_, { withWords }) => {
      for (const { name, long } of WORST) {
        const shown = withWords(name, long);
        if (shown === null) throw new Error('nothing is shown');
        if (!('type' in shown)) expectFit(shown);
        else expectFitView(shown);
      }
    },
  );

  it.each(Object.entries(ALL_SENTENCES))('sentences: %s', async (name, sentences) => {
    const lines = sentences.map(({ path, state, text }) => {
      const about = path.split('/')[1]?.replaceAll('-', ' ');
      return `${about}${state === null ? '' : ` (${state})`}:\n  ${mrkdwnAsText(text).replaceAll('\n', '\n  ')}\n`;
    });
    await expect(lines.join('\n')).toMatchFileSnapshot(join(READ, 'sentences', `${name}.txt`));
  });
});

it('no two samples have one name, and no file is left of one that is gone', () => {
  const expected = [
    ...ALL.map(({ path }) => path),
    ...Object.keys(ALL_SENTENCES).map((name) => `sentences/${name}`),
  ];
  const files = readdirSync(READ, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.txt'))
    .map((file) => file.replace(/\.txt$/, ''));
  expect(files.toSorted()).toEqual(expected.toSorted());
});

/** Pieces of a text, which are read in the samples of what is made of them. */
const PIECES: ReadonlySet<string> = new Set([
  // Put messages together.
  'answers/say',
  'answers/list',
  'kit/compose',
  'request/to-holder',
  // Notes, among which `note` chooses.
  'request/closing',
  'request/expiring',
  'request/extended',
  'request/extension-denied',
  'request/granted',
  'request/idle',
  'request/unused',
  // Parts of a sentence or of a message.
  'forms/channel-links',
  'home/page-value',
  'request/alarming-line',
  'request/set-role-sql',
  'forms/reason-asks',
  'forms/offered',
  'forms/needed-by',
  'kit/after-unsaid',
  'operators/footer',
  'operators/is-paused',
  'operators/sentences',
  'operators/used',
  'request/approvers-of',
  'request/automatic-through',
  'request/cant-be-decided',
  'request/ended-sessions',
  'request/footer',
  'request/group-late',
  'request/group-name',
  'request/group-unread',
  'request/lapses',
  'request/left-behind-text',
  'request/place',
  'request/progress',
  'request/psql-line',
  'request/still-needed',
  'request/until',
  'request/through',
  'request/waited',
  'request/who-is-asked',
  'request/why-ended',
  'request/wish',
  // Made into sentences of notApprovedAgain and notApprovedNow.
  'request/can-decide-no-more',
  'request/not-enough',
  'request/policy-forbids',
  'request/account-left',
  'request/groups-unread',
  'request/danger-unread',
]);

/** Not read by anybody, or read in a terminal, which has tests of its own. */
const isElsewhere = (path: string) => /^kit\/(?!line$|prepared-left$)|^terminal\/(?!checking$)/.test(path);

it('each function that makes a message, a form, a Home or a sentence has a sample', () => {
  const made = builders();
  expect(made.size).toBeGreaterThan(150);
  const sampled = new Set([
    ...ALL.map(({ path }) => path.split('/').slice(0, 2).join('/')),
    ...Object.values(ALL_SENTENCES).flatMap((sentences) => sentences.map(({ path }) => path)),
  ]);
  const missing = [...made].filter((path) => !sampled.has(path) && !PIECES.has(path) && !isElsewhere(path));
  expect(missing).toEqual([]);
  expect([...PIECES].filter((path) => !made.has(path) || sampled.has(path))).toEqual([]);
});

/** `request/card`: the folder, and the name of each function there whose result people read. */
function builders(): ReadonlySet<string> {
  const files = readdirSync(SURFACES, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
  return new Set(
    files.flatMap((file) => {
      const [folder = ''] = file.split('/');
      const declarations = readFileSync(join(SURFACES, file), 'utf8').split(/\n(?=[a-z])/);
      return declarations.flatMap((code) => {
        const name = /^export (?:function|const) (\w+)/.exec(code)?.[1];
        const makes = /\): (?:Message|ModalView|HomeView|Said|string)(?: \| null)? (?:\{|=>)$/m.test(
          code.replace(/ =>.*$/gm, ' =>'),
        );
        return name !== undefined && makes ? [`${folder}/${kebab(name)}`] : [];
      });
    }),
  );
}
