/** The errors of a wrong call, in the words of Node.js. */

/** Sets the `code` that Node.js's own error has. */
export function withCode<Thrown extends Error>(error: Thrown, code: string): Thrown {
  return Object.defineProperty(error, 'code', {
    value: code,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** The error for an argument of the wrong type. */
export function invalidArgument(name: string, expected: string, value: unknown): TypeError {
  return withCode(
    new TypeError(`The "${name}" argument must be ${expected}. Received ${describe(value)}`),
    'ERR_INVALID_ARG_TYPE',
  );
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') {
    const name: unknown = value.constructor?.name;
    return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object';
  }
  const text = typeof value === 'string' ? `'${value.slice(0, 25)}'` : String(value);
  return `type ${typeof value} (${text})`;
}

/**
 * The arguments that a call must have. Node.js's errors name them; those of its `fetch` count them.
 */
export type RequiredArguments = readonly string[] | number;

export function countOf(required: RequiredArguments): number {
  return typeof required === 'number' ? required : required.length;
}

/**
 * @param context the operation, such as `Headers.get`, which the counting error names
 * @throws {TypeError} where arguments are missing
 */
export function requireArguments(
  given: readonly unknown[],
  required: RequiredArguments,
  context = '',
): void {
  if (given.length >= countOf(required)) return;
  throw typeof required === 'number'
    ? tooFewArguments(context, required, given.length)
    : missingArguments(required);
}

function missingArguments(names: readonly string[]): TypeError {
  const quoted = names.map((name) => `"${name}"`);
  const list =
    quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}` : quoted[0];
  return withCode(
    new TypeError(`The ${list} ${names.length > 1 ? 'arguments' : 'argument'} must be specified`),
    'ERR_MISSING_ARGS',
  );
}

function tooFewArguments(context: string, required: number, given: number): TypeError {
  const plural = required === 1 ? 'argument' : 'arguments';
  const only = given === 0 ? 'but' : 'but only';
  return new TypeError(`${context}: ${required} ${plural} required, ${only} ${given} found.`);
}
