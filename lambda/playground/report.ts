/** What a run came to: status, error, result, log, files, metadata. */

import type { ExecuteResponse, ExecutionError, LogEntry, StreamEvent } from '../client/client.ts';
import { fromBase64 } from './base64.ts';
import { byId, element } from './dom.ts';
import { tree } from './tree.ts';

type BatchItem = Extract<StreamEvent, { event: 'item' }>['data'];

/** Entries that are shown; a log may have thousands. */
const MAX_ENTRIES = 1000;

export interface Report {
  clear(): void;
  addLog(entry: LogEntry): void;
  addItem(item: BatchItem): void;
  showAnswer(answer: ExecuteResponse): void;
  showError(error: Pick<ExecutionError, 'code' | 'message'> & Partial<ExecutionError>): void;
}

/** @param onPlace called with the place of an error that the user asks for */
export function createReport(onPlace: (place: Place) => void): Report {
  const part = (id: string) => byId(id, HTMLElement);
  const sections = ['items', 'logs', 'answer-files'];
  let urls: string[] = [];

  function add(id: string, child: HTMLElement): void {
    part(`${id}-part`).hidden = false;
    if (part(id).childElementCount < MAX_ENTRIES) part(id).append(child);
  }

  function showError(error: Parameters<Report['showError']>[0]): void {
    const place = placeOf(error);
    const name = error.name === undefined ? '' : `${error.name}: `;
    const lines = [
      element('p', {}, element('strong', {}, error.code), ` ${name}${error.message}`),
      ...(error.stack ? [element('pre', { tabIndex: 0 }, error.stack)] : []),
      ...(error.details == null ? [] : [tree(error.details, 0, 'details')]),
    ];
    if (place !== null) {
      const go = element('button', { onclick: () => onPlace(place) }, `Go to line ${place.line}`);
      lines.push(go);
    }
    part('error').replaceChildren(...lines);
    part('error').hidden = false;
  }

  return {
    clear() {
      for (const url of urls) URL.revokeObjectURL(url);
      urls = [];
      for (const id of sections) part(`${id}-part`).hidden = true;
      for (const id of [...sections, 'error', 'result', 'metadata']) part(id).replaceChildren();
      part('error').hidden = true;
    },
    addLog({ level, message, timestamp, fields }) {
      const row = element(
        'li',
        { className: level },
        element('span', { className: 'level' }, level),
        ` ${message} `,
        element('time', { dateTime: timestamp }, timestamp.slice(11, 23)),
      );
      if (fields != null) row.append(tree(fields, 0));
      add('logs', row);
    },
    addItem({ index, ...item }) {
      add('items', tree(item, 0, `${index}, ${item.status}`));
    },
    showAnswer(answer) {
      part('result').replaceChildren(tree(answer.result));
      part('metadata').replaceChildren(tree(answer.metadata, 1));
      for (const { path, size, content } of answer.files) {
        const row = element('li', {}, `${path}, ${size.toLocaleString()} bytes `);
        if (content !== undefined) {
          const bytes = typeof content === 'string' ? content : fromBase64(content.base64);
          const href = URL.createObjectURL(new Blob([bytes]));
          urls.push(href);
          const download = path.slice(path.lastIndexOf('/') + 1);
          row.append(element('a', { href, download }, 'Save'));
        }
        add('answer-files', row);
      }
      if (answer.error !== null) showError(answer.error);
    },
    showError,
  };
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where in the text of the editor an error was thrown; `null`: elsewhere. */
export function placeOf({ stack }: { readonly stack?: string | null }): Place | null {
  const match = /\binline:\/\/\/main\.\w+:(\d+):(\d+)/.exec(stack ?? '');
  return match === null ? null : { line: Number(match[1]), column: Number(match[2]) };
}
