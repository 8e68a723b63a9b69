/** Stack frames of QuickJS in the notation of V8. */

import { awaitFrameName } from '../../../bridge/await-frame.ts';
import { framesProperty } from '../../../bridge/frames-property.ts';
import { type Positions, positionInSource } from '../../../bridge/positions.ts';
import {
  exec,
  getOwnPropertyDescriptor,
  indexOf,
  MapClass,
  mapGet,
  mapSet,
  replace,
  slice,
  split,
  startsWith,
} from '../../core/intrinsics.ts';

/** `    at name (place)`, or without a name for syntax errors. */
const frame = /^ {4}at (?:(.+?) \()?(native|.*:\d+(?::\d+)?|[^)]*)\)?$/;
const position = /:\d+(?::\d+)?$/;
const lineAndColumn = /^(.*):(\d+):(\d+)$/;

/** The prefix of the prelude's file names, whose frames scripts do not see. */
const preludeScheme = 'engine:';
/** What QuickJS says where a class is called without `new`. */
const calledClass = "class constructors must be invoked with 'new'";

/** The name of this file, where the whole prelude is one file of another name. */
const ownFile = fileOf(exec(frame, split(rawFrames(new Error()) ?? '', '\n')[0] ?? '')?.[2] ?? '');

/** V8's default of `Error.stackTraceLimit`; QuickJS has no limit. */
const MAX_FRAMES = 10;
/** UTF-16 units of a stack that are read: ten frames take far less. */
const MAX_STACK_LENGTH = 64 * 1024;

const mended = new MapClass<string, Positions>();

/** Makes frames in a file show the source that its text was made of. */
export function mapPositions(file: string, positions: Positions): void {
  mapSet(mended, file, positions);
}

/** The frames that QuickJS gave to an error; undefined where the object has none. */
export function rawFrames(error: object): string | undefined {
  const frames: unknown = getOwnPropertyDescriptor(error, framesProperty)?.value;
  if (typeof frames !== 'string') return undefined;
  const message: unknown = getOwnPropertyDescriptor(error, 'message')?.value;
  // V8 throws it where the class is called, QuickJS in the class.
  return message === calledClass ? slice(frames, indexOf(frames, '\n') + 1) : frames;
}

/** The frames above the innermost one of a function of that name; all of them where none has it. */
export function framesAbove(frames: string, name: string): string {
  const at = `    at ${name} (`;
  const last = startsWith(frames, at) ? 0 : indexOf(frames, `\n${at}`);
  const next = last === -1 ? -1 : indexOf(frames, '\n', last + 1);
  return next === -1 ? frames : slice(frames, next);
}

/** The frames of a stack that are the script's; each begins with a line end. */
export function guestFrames(stack: string): string {
  const lines = split(slice(stack, 0, MAX_STACK_LENGTH), '\n');
  let frames = '';
  let count = 0;
  let isAwaiting = false;
  /** Native frames: they belong to the code of the next frame. */
  let pending = '';
  let pendingCount = 0;
  for (let i = 0; i < lines.length && count + pendingCount < MAX_FRAMES; i++) {
    const match = exec(frame, lines[i] as string);
    const place = match?.[2];
    if (place === undefined) continue;
    if (match?.[1] === awaitFrameName && place === 'native') {
      isAwaiting = true;
      continue;
    }
    const isPrelude = startsWith(place, preludeScheme) || fileOf(place) === ownFile;
    const shown = isPrelude ? '' : v8Frame(match?.[1], place, isAwaiting);
    if (shown !== '') {
      pending += shown;
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

/** @returns nothing for what is not of the source */
function v8Frame(name: string | undefined, place: string, isAwaiting: boolean): string {
  const at = isAwaiting ? '\n    at async ' : '\n    at ';
  const shown = place === 'native' ? '<anonymous>' : inSource(place);
  if (shown === '') return '';
  return name === undefined || name === '<anonymous>' || name === '<eval>'
    ? `${at}${shown}`
    : `${at}${name} (${shown})`;
}

function inSource(place: string): string {
  const match = exec(lineAndColumn, place);
  if (match === null) return place;
  const positions = mapGet(mended, match[1]) as Positions | undefined;
  if (positions === undefined) return place;
  const at = positionInSource(positions, +(match[2] as string), +(match[3] as string));
  if (at[0] === 0) return '';
  return `${match[1]}:${at[0]}:${at[1]}`;
}
