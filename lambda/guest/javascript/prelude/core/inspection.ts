/** How `console` shows an instance of a class of the platform: as Node.js does, class by class. */

type Inspect = (value: unknown, options: object) => string;

interface Options {
  readonly depth?: number | null;
}

interface InspectionStyle {
  /** The name of the object's own class, where that extends this one; else of this class. */
  readonly ownName?: boolean;
  /** Whether the properties may be as deep as if they were at the top; else a level less deep. */
  readonly keepsDepth?: boolean;
  /** What is shown where the object itself is too deep; `null`: the properties all the same. */
  readonly tooDeep?: ((name: string) => string) | null;
}

/** Node.js shows the classes of its `fetch` at any depth, and their properties as if at the top. */
export const fetchStyle: InspectionStyle = { keepsDepth: true, tooDeep: null };

const inspectKey = Symbol.for('nodejs.util.inspect.custom');

/**
 * Shows the class name and chosen properties.
 * @param describe the properties to show
 */
export function defineInspection<T extends object>(
  target: { prototype: T; name: string },
  describe: (object: T) => object,
  { ownName = false, keepsDepth = false, tooDeep = (name) => `[${name}]` }: InspectionStyle = {},
): void {
  defineInspector(target, (object, depth, options, inspect) => {
    const name = ownName ? classNameOf(object, target.name) : target.name;
    if (tooDeep !== null && depth !== null && depth < 0) return tooDeep(name);
    const shown = keepsDepth ? options : { ...options, depth: lessDepth(options.depth) };
    return `${name} ${inspect(describe(object), shown)}`;
  });
}

/**
 * Gives a class the method that makes the text.
 * @param write `depth` is how many levels may follow; below 0 the object is too deep
 */
export function defineInspector<T extends object>(
  { prototype }: { prototype: T },
  write: (object: T, depth: number | null, options: Options, inspect: Inspect) => string,
): void {
  const { [inspectKey]: value } = {
    [inspectKey](this: T, depth: number | null, options: Options, inspect: Inspect): string {
      return write(this, depth, options, inspect);
    },
  };
  Object.defineProperty(prototype, inspectKey, { value, writable: true, configurable: true });
}

/** One level less than there may be. */
export function lessDepth(depth: number | null | undefined): number | null {
  return depth === null || depth === undefined ? null : depth - 1;
}

export function classNameOf(object: object, fallback: string): string {
  const name: unknown = object.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : fallback;
}
