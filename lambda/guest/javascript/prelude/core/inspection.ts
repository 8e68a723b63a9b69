/** How `console` shows an instance of a class of the platform. */

/**
 * Shows the class name and chosen properties, as Node.js does.
 * @param describe the properties to show
 */
export function defineInspection<T extends object>(
  target: { prototype: T; name: string },
  describe: (object: T) => object,
): void {
  Object.defineProperty(target.prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: T, depth: number, options: object, inspect: (value: unknown, o: object) => string) {
      if (depth < 0) return `[${target.name}]`;
      return `${target.name} ${inspect(describe(this), { ...options, depth })}`;
    },
    writable: true,
    configurable: true,
  });
}
