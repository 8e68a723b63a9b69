/** Fields of the form, each of which shows one field of a request. */

import type { Editor } from './editor.ts';

export interface Field {
  /** @returns the value; `undefined`: the request is to have none @throws {FieldError} */
  read(): unknown;
  /** @param value `undefined`: none @returns whether the field can show it */
  write(value: unknown): boolean;
}

/** What a field holds is not what it should be. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly focus: () => void;

  /** @param focus puts the cursor where the mistake is */
  constructor(message: string, focus: () => void) {
    super(message);
    this.focus = focus;
  }
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export function textField(control: Control): Field {
  return {
    read: () => (control.value === '' ? undefined : control.value),
    write(value) {
      if (typeof value !== 'string') {
        control.value = '';
        return value === undefined;
      }
      control.value = value;
      // A list has no other values than its own, a line no breaks.
      return value !== '' && control.value === value;
    },
  };
}

/** A text each on a line of its own. */
export function linesField(control: HTMLTextAreaElement): Field {
  return {
    read: () => (control.value === '' ? undefined : linesOf(control.value)),
    write(value) {
      control.value = '';
      if (value === undefined) return true;
      if (!Array.isArray(value) || !value.every((line) => typeof line === 'string')) return false;
      const text = value.join('\n');
      if (text === '' || !sameLists(linesOf(text), value)) return false;
      control.value = text;
      return true;
    },
  };
}

/** `NAME=value` on each line. */
export function pairsField(control: HTMLTextAreaElement, label: string): Field {
  return {
    read() {
      const lines = linesOf(control.value).filter((line) => line.trim() !== '');
      if (lines.length === 0) return undefined;
      const pairs = lines.map((line): [string, string] => {
        const end = line.indexOf('=');
        if (end > 0) return [line.slice(0, end), line.slice(end + 1)];
        throw new FieldError(`${label}: “${line}” is not NAME=value`, () => reveal(control));
      });
      return Object.fromEntries(pairs);
    },
    write(value) {
      control.value = '';
      if (value === undefined) return true;
      if (!isRecord(value)) return false;
      const pairs = Object.entries(value);
      const fits = ([name, text]: [string, unknown]) =>
        /^[^=\s][^=\r\n]*$/.test(name) && typeof text === 'string' && !/[\r\n]/.test(text);
      if (pairs.length === 0 || !pairs.every(fits)) return false;
      control.value = pairs.map(([name, text]) => `${name}=${text}`).join('\n');
      return true;
    },
  };
}

/** Whole numbers by name, such as limits. */
export function numbersField(controls: Readonly<Record<string, HTMLInputElement>>): Field {
  const entries = Object.entries(controls);
  return {
    read() {
      const numbers = entries
        .filter(([, { value }]) => value.trim() !== '')
        .map(([name, control]): [string, number] => {
          if (/^\d{1,15}$/.test(control.value.trim())) return [name, Number(control.value)];
          throw new FieldError(`${name} is not a whole number`, () => reveal(control));
        });
      return numbers.length === 0 ? undefined : Object.fromEntries(numbers);
    },
    write(value) {
      const numbers = isRecord(value) ? value : {};
      const isKnown = ([name, number]: [string, unknown]) =>
        Object.hasOwn(controls, name) && Number.isSafeInteger(number) && Number(number) >= 0;
      const canShow = Object.entries(numbers).every(isKnown);
      for (const [name, control] of entries) {
        control.value = canShow && numbers[name] !== undefined ? String(numbers[name]) : '';
      }
      return value === undefined || (isRecord(value) && canShow && Object.keys(value).length > 0);
    },
  };
}

export function jsonField(editor: Editor, label: string, host: HTMLElement): Field {
  return {
    read() {
      const text = editor.text();
      if (text.trim() === '') return undefined;
      try {
        return JSON.parse(text);
      } catch (error) {
        throw new FieldError(`${label} is not JSON: ${messageOf(error)}`, () => {
          reveal(host);
          editor.focus();
        });
      }
    },
    write(value) {
      editor.setText(value === undefined ? '' : JSON.stringify(value, null, 2));
      return true;
    },
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Opens what an element is folded away in, and puts the cursor into it. */
export function reveal(control: HTMLElement): void {
  const details = control.closest('details');
  if (details !== null) details.open = true;
  control.focus();
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|[\r\n]/);
}

function sameLists(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}
