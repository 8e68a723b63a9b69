/** CodeMirror, as this page uses it. */

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

export interface Editor {
  text(): string;
  setText(text: string): void;
  focus(): void;
  /** Marks a place, and scrolls to it. @param line from 1 @param column from 1 */
  mark(line: number, column: number, message: string): void;
  unmark(): void;
}

export interface EditorOptions {
  /** Its name for those who do not see it. */
  readonly label: string;
  readonly language: 'script' | 'json';
  readonly hint: string;
  readonly onChange: () => void;
}

/**
 * Fills an element with an editor. It lives in a shadow root: there CodeMirror's styles are adopted style
 * sheets, which a policy without inline styles permits. Tab leaves it, as it leaves any field.
 */
export function createEditor(host: HTMLElement, options: EditorOptions): Editor {
  const { label, language, hint, onChange } = options;
  const root = host.attachShadow({ mode: 'open', delegatesFocus: true });
  const view = new EditorView({
    parent: root,
    root,
    extensions: [
      keymap.of([...defaultKeymap, ...historyKeymap]),
      history(),
      highlightSpecialChars(),
      bracketMatching(),
      indentOnInput(),
      languageParts[language],
      syntaxHighlighting(colours),
      theme,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
      placeholder(hint),
      replaceByTyping,
      EditorView.updateListener.of(({ docChanged }) => {
        if (docChanged) onChange();
      }),
    ],
  });
  return {
    text: () => view.state.doc.toString(),
    setText: (text) =>
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    focus: () => view.focus(),
    mark(line, column, message) {
      const { doc } = view.state;
      if (line < 1 || line > doc.lines) return;
      const { from, to } = doc.line(line);
      const start = Math.min(to, from + Math.max(0, column - 1));
      view.dispatch(setDiagnostics(view.state, [{ from: start, to, severity: 'error', message }]), {
        selection: { anchor: start },
        scrollIntoView: true,
      });
    },
    unmark: () => view.dispatch(setDiagnostics(view.state, [])),
  };
}

/**
 * Chromium, which puts what is typed in the place of a selection, keeps the look of what was there in a
 * style attribute, which the policy forbids. So the editor does it before Chromium can.
 */
const replaceByTyping = EditorView.domEventHandlers({
  beforeinput({ inputType, data, isComposing }, view) {
    const { state } = view;
    if (inputType !== 'insertText' || data === null || isComposing) return false;
    if (state.selection.main.empty) return false;
    view.dispatch(state.update(state.replaceSelection(data), { userEvent: 'input.type' }));
    return true;
  },
});

const languageParts: Readonly<Record<EditorOptions['language'], Extension>> = {
  // TypeScript's grammar reads JavaScript as well.
  script: [javascript({ typescript: true }), lineNumbers(), highlightActiveLine(), lintGutter()],
  json: [json()],
};

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--number)' },
  { tag: [tags.comment], color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.className], color: 'var(--type)' },
  { tag: [tags.propertyName, tags.definition(tags.variableName)], color: 'var(--name)' },
]);

const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--field)', height: '100%', fontSize: '14px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--quiet)' },
  '.cm-gutters': {
    color: 'var(--quiet)',
    backgroundColor: 'var(--field)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'var(--active)' },
  '.cm-tooltip': { color: 'var(--text)', backgroundColor: 'var(--page)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    backgroundColor: 'var(--bad-page)',
  },
});
