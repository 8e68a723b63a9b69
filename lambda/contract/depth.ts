/** How deep a guest's JSON may nest: the code that prints and parses it recurses. */

const MAX_DEPTH = 256;

/** Whether arrays and objects nest within the limit. The value is a tree, as from `JSON.parse`. */
export function isShallow(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return false;
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
  }
  return true;
}
