/** Names of the component model: labels in kebab case, and what may stand beside each other. */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import { interfaceName, label } from '../binary/name-syntax.ts';
import { annotated, ResourceNames } from './annotated.ts';
import type { Item } from './scope.ts';
import type { Work } from './work.ts';

/** Labels differ in more than the case of their letters. @throws {MalformedModule} */
export function checkLabels(
  items: readonly { readonly name: string }[],
  offset: number,
  work: Work,
): void {
  if (work.isChecked) return;
  const seen = new Set<string>();
  for (const { name } of items) {
    if (!label.test(name)) throw new MalformedModule(`"${name}" is not in kebab case`, offset);
    const key = name.toLowerCase();
    if (seen.has(key)) throw new MalformedModule(`the name "${name}" is there twice`, offset);
    seen.add(key);
  }
}

/** Names of imports, or of exports, of one component, instance or type. */
export class ExternNames {
  readonly #seen = new Set<string>();
  readonly #resources = new ResourceNames();
  readonly #what: 'import' | 'export';
  readonly #work: Work;

  constructor(what: 'import' | 'export', work: Work) {
    this.#what = what;
    this.#work = work;
  }

  /** @throws {MalformedModule} where the name is none, is not unique, or does not fit what has it */
  add(name: string, item: Item, offset: number): void {
    if (this.#work.isChecked) return;
    const key = keyOf(name, offset);
    for (const taken of conflicting(key)) {
      if (this.#seen.has(taken)) {
        throw new MalformedModule(
          `the ${this.#what} name "${name}" conflicts with another`,
          offset,
        );
      }
    }
    this.#seen.add(key);
    this.#resources.add(name, item, offset);
  }
}

/** `l` and `[constructor]l` may stand beside each other, `a` and `[method]a.a` may not. */
function conflicting(key: string): string[] {
  const [, kind, rest = ''] = annotated.exec(key) ?? [];
  if (kind === 'method' || kind === 'static') {
    const [resource, name] = rest.split('.');
    const other = kind === 'method' ? 'static' : 'method';
    return [key, `[${other}]${rest}`, ...(resource === name ? [rest, resource ?? ''] : [])];
  }
  return kind === 'constructor' ? [key] : [key, `[method]${key}.${key}`, `[static]${key}.${key}`];
}

const linkName =
  /^(?:url=<[^<>]*>|integrity=<[^<>]*>|(?:relative-url|locked-dep|unlocked-dep)=<[^<>]*>)(?:,integrity=<[^<>]*>)?$/;

function keyOf(name: string, offset: number): string {
  if (label.test(name)) return name.toLowerCase();
  const [, kind, rest = ''] = annotated.exec(name) ?? [];
  if (kind) {
    const parts = rest.split('.');
    const isFit = parts.length === (kind === 'constructor' ? 1 : 2);
    if (isFit && parts.every((part) => label.test(part))) return name.toLowerCase();
  } else if (interfaceName.test(name) || linkName.test(name)) {
    return name;
  }
  throw new MalformedModule(`"${name}" is not a valid extern name`, offset);
}
