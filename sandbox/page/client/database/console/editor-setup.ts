/** CodeMirror for a few lines of SQL, in the colors of the page. */
import { autocompletion, closeBrackets, closeCompletion } from '@codemirror/autocomplete';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Extension, Prec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { minimalSetup } from 'codemirror';
import type { Tables } from '../../../api-database.js';

export interface EditorKeys {
  readonly run: (view: EditorView) => void;
  readonly recall: (by: -1 | 1, view: EditorView) => void;
}

const COLORS = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--link)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--success-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-text)' },
  { tag: tags.typeName, color: 'var(--warning-text)' },
  { tag: tags.comment, color: 'var(--text-muted)', fontStyle: 'italic' },
]);

const THEME = EditorView.theme({
  '&': { backgroundColor: 'var(--bg)', color: 'var(--text)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.5', maxHeight: '11em' },
  '.cm-content': { caretColor: 'var(--text)', minHeight: '3em', padding: '6px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--bg-selected)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--bg-selected)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--bg-raised)',
    color: 'var(--text)',
    border: '1px solid var(--border)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
  },
});

/** @param label what screen readers call it */
export function editorSetup(label: string, { run, recall }: EditorKeys): Extension {
  const bind = (key: string, act: (view: EditorView) => void) => ({
    key,
    run: (view: EditorView) => {
      act(view);
      return true;
    },
  });
  return [
    // Before the keys that move lines.
    Prec.highest(
      keymap.of([
        bind('Mod-Enter', (view) => {
          closeCompletion(view);
          run(view);
        }),
        bind('Alt-ArrowUp', (view) => recall(-1, view)),
        bind('Alt-ArrowDown', (view) => recall(1, view)),
      ]),
    ),
    minimalSetup,
    autocompletion(),
    closeBrackets(),
    bracketMatching(),
    syntaxHighlighting(COLORS),
    THEME,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label }),
  ];
}

export function language(tables: Tables): Extension {
  return sql({
    dialect: PostgreSQL,
    schema: Object.fromEntries(
      Object.entries(tables).map(([schema, each]) => [
        schema,
        Object.fromEntries(Object.entries(each).map(([table, columns]) => [table, [...columns]])),
      ]),
    ),
  });
}

/** Replaces all that is written there, as one step of Undo. */
export function put(view: EditorView, text: string): void {
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    selection: { anchor: text.length },
  });
}
