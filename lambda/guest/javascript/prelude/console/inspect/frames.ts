/** Stack frames of QuickJS in the notation of V8. */

import { framesProperty } from '../../../bridge/frames-property.ts';
import { exec, getOwnPropertyDescriptor, replace, slice, split, startsWith } from './intrinsics.ts';

/** `    at name (place)`, or without a name for syntax errors. */
const frame = /^ {4}at (?:(.+?) \()?(native|.*:\d+(?::\d+)?|[^)]*)\)?$/;
const position = /:\d+(?::\d+)?$/;

/** How the prelude's file names begin: its frames are not the script's business. */
const preludeScheme = 'engine:';
/** The name under which this very file was evaluated, for a prelude in one file of another name. */
const ownFile = fileOf(exec(frame, split(rawFrames(new Error()) ?? '', '\n')[0] ?? '')?.[2] ?? '');

/** V8's default of `Error.stackTraceLimit`; QuickJS knows none. */
const maxFrames = 10;
/** Far more than ten frames take: nothing longer is a stack that is worth reading. */
const maxLength = 64 * 1024;

/** The frames that QuickJS has given to an error, if it is one. */
export function rawFrames(error: object): string | undefined {
  const frames: unknown = getOwnPropertyDescriptor(error, framesProperty)?.value;
  return typeof frames === 'string' ? frames : undefined;
}

/** The frames of a stack that belong to the script; each begins with a line end. */
export function guestFrames(stack: string): string {
  const lines = split(slice(stack, 0, maxLength), '\n');
  let frames = '';
  let count = 0;
  /** Native frames that the next frame tells whose they are. */
  let pending = '';
  let pendingCount = 0;
  for (let i = 0; i < lines.length && count + pendingCount < maxFrames; i++) {
    const match = exec(frame, lines[i] as string);
    const place = match?.[2];
    if (place === undefined) continue;
    const isPrelude = startsWith(place, preludeScheme) || fileOf(place) === ownFile;
    if (!isPrelude) {
      pending += written(match?.[1], place);
      pendingCount += 1;
      if (place === 'native') continue;
      frames += pending;
      count += pendingCount;
    }
    pending = '';
    pendingCount = 0;
  }
  return frames + pending;
}

function fileOf(place: string): string {
  return replace(position, place, '');
}

function written(name: string | undefined, place: string): string {
  const shown = place === 'native' ? '<anonymous>' : place;
  return name === undefined || name === '<anonymous>' || name === '<eval>'
    ? `\n    at ${shown}`
    : `\n    at ${name} (${shown})`;
}
