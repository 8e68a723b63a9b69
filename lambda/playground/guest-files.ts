/** The `files` of a request: a list of rows, each a path and a text or bytes. */

import { toBase64 } from './base64.ts';
import { byId, element } from './dom.ts';
import { type Field, isRecord } from './fields.ts';

export interface GuestFiles extends Field {
  add(path: string, bytes: Uint8Array): void;
}

type Content = string | { readonly base64: string };

export function createGuestFiles(onChange: () => void): GuestFiles {
  const list = byId('files', HTMLUListElement);
  const upload = byId('upload', HTMLInputElement);
  const rows = new Map<HTMLLIElement, () => readonly [path: string, content: Content]>();

  function addRow(path: string, content: Content): HTMLInputElement {
    const name = element('input', { value: path, oninput: onChange });
    name.spellcheck = false;
    const row = element('li', { className: 'file' }, element('label', {}, 'Path ', name));
    let read = () => content;
    if (typeof content === 'string') {
      const text = element('textarea', { value: content, rows: 3, oninput: onChange });
      text.spellcheck = false;
      row.append(element('label', {}, 'Text ', text));
      read = () => text.value;
    } else {
      const size = Math.floor((content.base64.length * 3) / 4);
      row.append(element('span', {}, `about ${size.toLocaleString()} bytes that are no text`));
    }
    const remove = element('button', {
      onclick() {
        rows.delete(row);
        row.remove();
        onChange();
      },
    });
    remove.append('Remove');
    row.append(remove);
    rows.set(row, () => [name.value, read()]);
    list.append(row);
    onChange();
    return name;
  }

  function add(path: string, bytes: Uint8Array): void {
    addRow(path, textOf(bytes) ?? { base64: toBase64(bytes) });
  }

  byId('add-file', HTMLButtonElement).addEventListener('click', () => addRow('', '').focus());
  upload.addEventListener('change', async () => {
    for (const file of upload.files ?? []) add(file.name, await file.bytes());
    upload.value = '';
  });

  return {
    add,
    read: () => {
      const files = [...rows.values()].map((read) => read()).filter(([path]) => path !== '');
      return files.length === 0 ? undefined : Object.fromEntries(files);
    },
    write(value) {
      rows.clear();
      list.replaceChildren();
      const files = Object.entries(isRecord(value) ? value : {});
      if (!files.every(([path, content]) => path !== '' && isContent(content))) return false;
      for (const [path, content] of files) if (isContent(content)) addRow(path, content);
      return value === undefined || files.length > 0;
    },
  };
}

function isContent(value: unknown): value is Content {
  if (typeof value === 'string') return true;
  return isRecord(value) && Object.keys(value).length === 1 && typeof value.base64 === 'string';
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
