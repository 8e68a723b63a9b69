/** Prints for the console: indents by groups, and stops at the cap of a stream. */

import { includes, replace, slice } from '../core/intrinsics.ts';
import type { PromiseProbe } from './inspect/context.ts';

export type ConsoleStream = 'stdout' | 'stderr';

/** Where the console's output goes. */
export interface ConsoleSink {
  /** Prints. Text over the cap of the stream is dropped, and the run's report says so. */
  write(stream: ConsoleStream, text: string): void;
  /** Bytes that the stream still accepts. Called once in a run, as only the console prints. */
  remaining(stream: ConsoleStream): number;
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** State and result of a promise; undefined where the value is not a promise. */
  promise: PromiseProbe;
}

interface Output {
  /** @param render makes the text, of which no more than `room` characters will be seen */
  print(stream: ConsoleStream, render: (room: number) => string): void;
  /** Characters that the stream still takes; a text never has fewer bytes than UTF-16 units. */
  room(stream: ConsoleStream): number;
  indent(): void;
  outdent(): void;
}

export function createOutput(sink: ConsoleSink): Output {
  const rooms: { [stream in ConsoleStream]: number | undefined } = {
    stdout: undefined,
    stderr: undefined,
  };
  let indentation = '';
  const roomOf = (stream: ConsoleStream): number => {
    rooms[stream] ??= sink.remaining(stream);
    return rooms[stream];
  };
  return {
    print(stream, render) {
      const room = roomOf(stream);
      // The first text that was too long has exceeded the sink's cap: nothing more will be seen.
      if (room < 0) return;
      let text = slice(render(room), 0, room + 1);
      if (indentation !== '') {
        text =
          indentation + (includes(text, '\n') ? replace(/\n/g, text, `\n${indentation}`) : text);
      }
      text = `${slice(text, 0, room)}\n`;
      rooms[stream] = room - text.length;
      sink.write(stream, text);
    },
    room: roomOf,
    indent() {
      indentation += '  ';
    },
    outdent() {
      indentation = slice(indentation, 0, -2);
    },
  };
}
