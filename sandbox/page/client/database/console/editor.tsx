import { Compartment } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import type { ConsoleStore } from './console-store.js';
import { editorSetup, language, put } from './editor-setup.js';
import { useTables } from './use-console.js';

export interface EditorHandle {
  /** What is selected, or all of it. */
  text(): string;
  put(text: string): void;
}

/** Where SQL is typed. Mod-Enter runs it; Alt-Up and Alt-Down bring back what ran before. */
export function Editor({
  store,
  onRun,
  ref,
}: {
  readonly store: ConsoleStore;
  readonly onRun: () => void;
  readonly ref: Ref<EditorHandle>;
}) {
  const { login, on } = store.place;
  const tables = useTables(on);
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const run = useRef(onRun);
  const spoken = useRef(new Compartment());
  run.current = onRun;

  useEffect(() => {
    if (box.current === null) return;
    const made = new EditorView({
      parent: box.current,
      doc: store.draft,
      extensions: [
        editorSetup(`SQL as ${login} on ${on}`, {
          run: () => run.current(),
          recall: (by, at) => {
            const text = store.recall.step(by, at.state.doc.toString());
            if (text !== null) put(at, text);
          },
        }),
        spoken.current.of(language({})),
        EditorView.updateListener.of(({ state, docChanged }) => {
          if (docChanged) store.draft = state.doc.toString();
        }),
      ],
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [store, login, on]);

  useEffect(() => {
    view.current?.dispatch({ effects: spoken.current.reconfigure(language(tables)) });
  }, [tables]);

  useImperativeHandle(ref, () => ({
    text: () => {
      const state = view.current?.state;
      if (state === undefined) return '';
      const { from, to, empty } = state.selection.main;
      return empty ? state.doc.toString() : state.sliceDoc(from, to);
    },
    put: (text) => {
      if (view.current === null) return;
      put(view.current, text);
      view.current.focus();
    },
  }));
  return <div ref={box} className="db-editor" />;
}
