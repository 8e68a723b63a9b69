/**
 * `FormData`.
 * @see https://xhr.spec.whatwg.org/#interface-formdata
 */

import { preventCloning } from '../core/clone.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection, fetchStyle } from '../core/inspection.ts';
import { isObject } from '../core/webidl/brand.ts';
import { toUsvString } from '../core/webidl/conversion.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { definePairIteration } from '../core/webidl/iteration.ts';
import { type Blob, blobBytes, isBlob } from '../files/blob.ts';
import { File, isFile } from '../files/file.ts';

type FormDataEntry = readonly [name: string, value: string | File];

export let isFormData: (value: unknown) => value is FormData;
export let formDataEntries: (form: FormData) => readonly FormDataEntry[];

export class FormData {
  declare readonly [Symbol.iterator]: () => Iterator<[string, string | File]>;
  #entries: FormDataEntry[] = [];

  static {
    isFormData = (value): value is FormData => isObject(value) && #entries in value;
    formDataEntries = (form) => form.#entries;
  }

  constructor(form: unknown = undefined) {
    if (form !== undefined) {
      throw new TypeError('FormData constructor: Argument 1 could not be converted to: undefined.');
    }
  }

  append(name: string, value: Blob | string, ...filename: unknown[]): void {
    this.#entries.push(toEntry(name, value, filename, 'FormData.append'));
  }

  delete(name: string): void {
    const key = toUsvString(name, 'name');
    this.#entries = this.#entries.filter(([entryName]) => entryName !== key);
  }

  get(name: string): string | File | null {
    const key = toUsvString(name, 'name');
    return this.#entries.find(([entryName]) => entryName === key)?.[1] ?? null;
  }

  getAll(name: string): (string | File)[] {
    const key = toUsvString(name, 'name');
    return this.#entries.filter(([entryName]) => entryName === key).map(([, value]) => value);
  }

  has(name: string): boolean {
    const key = toUsvString(name, 'name');
    return this.#entries.some(([entryName]) => entryName === key);
  }

  set(name: string, value: Blob | string, ...filename: unknown[]): void {
    const entry = toEntry(name, value, filename, 'FormData.set');
    const index = this.#entries.findIndex(([entryName]) => entryName === entry[0]);
    if (index < 0) {
      this.#entries.push(entry);
    } else {
      this.#entries = this.#entries.filter(([key], at) => at <= index || key !== entry[0]);
      this.#entries[index] = entry;
    }
  }
}

function toEntry(
  name: unknown,
  value: unknown,
  [filename, ...rest]: unknown[],
  context: string,
): FormDataEntry {
  const key = toUsvString(name, `${context}: name`);
  if (!isBlob(value)) {
    if (filename !== undefined || rest.length > 0) {
      throw new TypeError(
        `${context}: Expected value ("${String(value)}") to be an instance of Blob.`,
      );
    }
    return [key, toUsvString(value, `${context}: value`)];
  }
  if (isFile(value) && filename === undefined) return [key, value];
  const fileName = filename === undefined ? 'blob' : toUsvString(filename, `${context}: filename`);
  const options = {
    type: value.type,
    ...(isFile(value) && { lastModified: value.lastModified }),
  };
  return [key, new File([blobBytes(value)], fileName, options)];
}

export function installFormData(prelude: Prelude): void {
  defineInterface(FormData, 'FormData', {
    is: isFormData,
    required: { append: 2, delete: 1, get: 1, getAll: 1, has: 1, set: 2 },
  });
  definePairIteration(FormData, 'FormData', isFormData, formDataEntries);
  preventCloning(isFormData);
  defineInspection(
    FormData,
    (form) => {
      const shown: Record<string, unknown> = {};
      for (const [name] of formDataEntries(form)) {
        const values = form.getAll(name);
        shown[name] = values.length === 1 ? values[0] : values;
      }
      return shown;
    },
    fetchStyle,
  );
  prelude.define({ FormData });
}
