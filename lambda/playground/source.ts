/** Where the code comes from: a text, a URL, or a file. */

import { fromBase64, toBase64 } from './base64.ts';
import { byId } from './dom.ts';
import type { Editor } from './editor.ts';
import { FieldError, isRecord } from './fields.ts';

const kinds = ['text', 'url', 'file'] as const;
type Kind = (typeof kinds)[number];

export interface Source {
  /** @returns `code` or `url` of a request @throws {FieldError} there is none */
  read(): { readonly code: unknown } | { readonly url: string };
  /** @returns which of the fields it shows */
  write(request: Readonly<Record<string, unknown>>): 'code' | 'url' | null;
  /** Takes a WebAssembly module. */
  setModule(name: string, bytes: Uint8Array): void;
  setText(text: string): void;
}

export function createSource(editor: Editor, onChange: () => void): Source {
  const url = byId('url', HTMLInputElement);
  const file = byId('file', HTMLInputElement);
  const fileName = byId('file-name', HTMLParagraphElement);
  const radios = [...document.querySelectorAll<HTMLInputElement>('input[name=source]')];
  let base64 = '';

  const chosen = (): Kind => kinds.find((kind) => radioOf(kind)?.checked) ?? 'text';
  const radioOf = (kind: Kind) => radios.find(({ value }) => value === kind);

  function choose(kind: Kind): void {
    const radio = radioOf(kind);
    if (radio) radio.checked = true;
    for (const one of kinds) byId(`source-${one}`, HTMLDivElement).hidden = one !== kind;
    onChange();
  }

  function showModule(name: string, text: string, bytes: number): void {
    base64 = text;
    fileName.textContent =
      text === '' ? 'No file yet.' : `${name}, ${bytes.toLocaleString()} bytes`;
    choose('file');
  }

  function setModule(name: string, bytes: Uint8Array): void {
    showModule(name, toBase64(bytes), bytes.byteLength);
  }

  for (const radio of radios) radio.addEventListener('change', () => choose(chosen()));
  url.addEventListener('input', onChange);
  file.addEventListener('change', async () => {
    const [picked] = file.files ?? [];
    if (picked !== undefined) setModule(picked.name, await picked.bytes());
  });

  return {
    setModule,
    setText(text) {
      editor.setText(text);
      choose('text');
    },
    read() {
      const kind = chosen();
      if (kind === 'url') {
        if (url.value.trim() !== '') return { url: url.value.trim() };
        throw new FieldError('There is no URL', () => url.focus());
      }
      if (kind === 'text') return { code: editor.text() };
      if (base64 !== '') return { code: { base64 } };
      throw new FieldError('There is no file', () => file.focus());
    },
    write(request) {
      if (typeof request.url === 'string') {
        url.value = request.url;
        choose('url');
        return 'url';
      }
      if (typeof request.code === 'string') {
        this.setText(request.code);
        return 'code';
      }
      const given = isRecord(request.code) ? request.code.base64 : null;
      const bytes = typeof given === 'string' ? bytesOf(given) : null;
      if (bytes === null) {
        this.setText('');
        return null;
      }
      setModule('The file of this request', bytes);
      return 'code';
    },
  };
}

function bytesOf(base64: string): Uint8Array | null {
  try {
    return fromBase64(base64);
  } catch {
    return null;
  }
}
