/** The form, which shows a request and makes one. */

import type { ExecuteRequest } from '../client/client.ts';
import { byId } from './dom.ts';
import { createEditor, type Editor } from './editor.ts';
import {
  type Field,
  FieldError,
  isRecord,
  jsonField,
  linesField,
  numbersField,
  pairsField,
  textField,
} from './fields.ts';
import { createGuestFiles, type GuestFiles } from './guest-files.ts';
import { createSource, type Source } from './source.ts';

export interface RequestForm {
  readonly code: Editor;
  readonly source: Source;
  readonly files: GuestFiles;
  /** @throws {FieldError} */
  read(): ExecuteRequest;
  /** @param request of any origin: what no field can show stands among the other fields, as JSON */
  write(request: Readonly<Record<string, unknown>>): void;
}

/** @param onChange called when the user, or a link, has changed something */
export function createRequestForm(onChange: () => void): RequestForm {
  const editor = (id: string, label: string, language: 'script' | 'json', hint: string) =>
    createEditor(byId(id, HTMLDivElement), { label, language, hint, onChange });
  const code = editor('code', 'Code', 'script', 'JavaScript or TypeScript');
  const source = createSource(code, onChange);
  const files = createGuestFiles(onChange);
  const many = byId('many', HTMLInputElement);
  const inputEditor = editor('input', 'Input, as JSON', 'json', '{ "any": "JSON" }');
  const input = jsonField(inputEditor, 'The input', byId('input', HTMLDivElement));
  const moreEditor = editor('more', 'Other fields, as JSON', 'json', '{ "modules": { } }');
  const more = jsonField(moreEditor, 'What the other fields are', byId('more', HTMLDivElement));
  const area = (id: string) => byId(id, HTMLTextAreaElement);
  const line = (id: string) => byId(id, HTMLInputElement);

  const fields: Readonly<Record<string, Field>> = {
    type: textField(byId('type', HTMLSelectElement)),
    entrypoint: textField(line('entrypoint')),
    args: linesField(area('args')),
    env: pairsField(area('env'), 'Environment'),
    stdin: textField(area('stdin')),
    files,
    outputs: linesField(area('outputs')),
    limits: numbersField({
      timeoutMs: line('timeout-ms'),
      cpuMs: line('cpu-ms'),
      memoryMb: line('memory-mb'),
    }),
  };
  const controls = ['type', 'entrypoint', 'args', 'env', 'stdin', 'outputs', 'many'];
  for (const id of [...controls, 'timeout-ms', 'cpu-ms', 'memory-mb']) {
    byId(id, HTMLElement).addEventListener('input', onChange);
  }

  function readMore(): Readonly<Record<string, unknown>> {
    const value = more.read() ?? {};
    if (isRecord(value)) return value;
    throw new FieldError('What the other fields are is not a JSON object', () =>
      moreEditor.focus(),
    );
  }

  return {
    code,
    source,
    files,
    read() {
      const others = readMore();
      const entries: [string, unknown][] = Object.entries(others);
      entries.push(...Object.entries(source.read()));
      entries.push([many.checked ? 'inputs' : 'input', input.read()]);
      for (const [name, field] of Object.entries(fields)) entries.push([name, field.read()]);
      const request = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
      if (isRecord(others.limits) && isRecord(request.limits)) {
        request.limits = { ...others.limits, ...request.limits };
      }
      // The engine checks what a user has written, and names each field that does not fit.
      return request as ExecuteRequest;
    },
    write(request) {
      const rest = { ...request };
      const shown = source.write(request);
      if (shown !== null) delete rest[shown];
      many.checked = Array.isArray(request.inputs) && !Object.hasOwn(request, 'input');
      const name = many.checked ? 'inputs' : 'input';
      input.write(request[name]);
      delete rest[name];
      for (const [field, { write }] of Object.entries(fields)) {
        if (write(request[field])) delete rest[field];
      }
      more.write(Object.keys(rest).length === 0 ? undefined : rest);
    },
  };
}
