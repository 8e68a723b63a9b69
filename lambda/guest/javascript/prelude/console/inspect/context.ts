/** The options and the state of one inspection. */

/** @see https://nodejs.org/api/util.html#utilinspectobject-options */
export interface InspectOptions {
  showHidden?: boolean;
  /** Levels below the first; null for all. */
  depth?: number | null;
  colors?: boolean;
  customInspect?: boolean;
  showProxy?: boolean;
  maxArrayLength?: number | null;
  maxStringLength?: number | null;
  /** Columns. */
  breakLength?: number;
  compact?: boolean | number;
  sorted?: boolean | ((a: string, b: string) => number);
  getters?: boolean | 'get' | 'set';
  numericSeparator?: boolean;
}

export type Stylize = (text: string, style: string) => string;

export const inspectDefaults = {
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10_000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
} satisfies Required<InspectOptions>;

export interface InspectContext extends Required<InspectOptions> {
  maxArrayLength: number;
  maxStringLength: number;
  stylize: Stylize;
  /** The objects that contain the current value. */
  readonly seen: object[];
  /** The number of each object that was found to contain itself. */
  circular: Map<object, number> | undefined;
  /** Columns. */
  indentation: number;
  currentDepth: number;
  /**
   * Characters that the caller still shows. Below 0 the inspection stops, so that an object with
   * millions of properties costs no more than the part that is shown.
   */
  room: number;
  /** The caller's options, where some are not options of the inspector. */
  userOptions: object | undefined;
  readonly probe: PromiseProbe;
  /** What a custom inspection method receives as `util.inspect`. */
  readonly inspect: (value: unknown, ...rest: unknown[]) => string;
  /** Formats a nested value. */
  format(value: unknown, level: number, typedArray?: boolean): string;
}

/** State and result of a promise, which only the host can read; undefined where it is not a promise. */
export type PromiseProbe = (
  value: object,
) => readonly ['pending' | 'fulfilled' | 'rejected', unknown] | undefined;

/** Whether a value at this level is beyond `depth`. */
export const isTooDeep = (context: InspectContext, level: number): boolean =>
  context.depth !== null && level > context.depth;

const colors: Record<string, readonly [number, number]> = {
  __proto__: null as never,
  special: [36, 39],
  number: [33, 39],
  bigint: [33, 39],
  boolean: [33, 39],
  undefined: [90, 39],
  null: [1, 22],
  string: [32, 39],
  symbol: [32, 39],
  date: [35, 39],
  regexp: [31, 39],
  module: [4, 24],
};

export const plain: Stylize = (text) => text;

/** SGR escapes; @see https://en.wikipedia.org/wiki/ANSI_escape_code#graphics */
export const coloured: Stylize = (text, style) => {
  const color = colors[style];
  return color === undefined ? text : `\u001b[${color[0]}m${text}\u001b[${color[1]}m`;
};
