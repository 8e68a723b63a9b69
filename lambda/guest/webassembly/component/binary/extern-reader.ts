/** Reads names and types of imports and exports. */

import type { Reader } from '../../../wasm-binary/reader.ts';
import { UnsupportedModule } from '../../module/limits.ts';
import type { ReadingBudget } from './budget.ts';
import type { DefinitionBody, ExternType, Sort } from './definitions.ts';
import { interfaceName, label } from './name-syntax.ts';

const IMPLEMENTS = 0;

/**
 * A name, and what has it.
 * @param read reads what has the name; `sortOf` says what it is
 */
export function readNamed<Value>(
  reader: Reader,
  budget: ReadingBudget,
  read: () => Value,
  sortOf: (value: Value) => Sort,
): { readonly name: string; readonly value: Value } {
  const form = reader.byte();
  if (form > 2) throw reader.malformed(`unknown form of name 0x${form.toString(16)}`);
  const name = budget.name(reader);
  const attributes = form === 2 ? budget.vector(reader, (item) => readAttribute(item, budget)) : [];
  if (new Set(attributes.map(({ kind }) => kind)).size < attributes.length) {
    throw reader.malformed(`the name "${name}" has an attribute twice`);
  }
  const value = read();
  const implemented = attributes.find(({ kind }) => kind === IMPLEMENTS)?.text;
  if (implemented === undefined) return { name, value };
  if (!interfaceName.test(implemented)) {
    throw reader.malformed(`what "${name}" implements must be an interface`);
  }
  if (sortOf(value) !== 'instance' || !label.test(name)) {
    throw reader.malformed(
      `"${name}" cannot implement an interface: only instances with plain names do`,
    );
  }
  return { name, value };
}

/** Which interface a name implements, the rest of its version, or an id elsewhere: for tools that link. */
function readAttribute(reader: Reader, budget: ReadingBudget) {
  const kind = reader.byte();
  if (kind > 2) throw reader.malformed(`unknown attribute of a name 0x${kind.toString(16)}`);
  return { kind, text: budget.name(reader) };
}

export function readImport(reader: Reader, budget: ReadingBudget): DefinitionBody {
  const { name, value } = readDeclared(reader, budget);
  return { op: 'import', name, type: value };
}

/** A name with the type of what has it. */
export function readDeclared(reader: Reader, budget: ReadingBudget) {
  return readNamed(
    reader,
    budget,
    () => readExternType(reader),
    ({ sort }) => sort,
  );
}

export function readExternType(reader: Reader): ExternType {
  const code = reader.byte();
  switch (code) {
    case 0x00:
      if (reader.byte() !== 0x11) throw reader.malformed('of core sorts only modules can be here');
      return { sort: 'core module', type: reader.u32() };
    case 0x01:
      return { sort: 'func', type: reader.u32() };
    case 0x02:
      throw new UnsupportedModule(
        'The component imports or exports a value, which the component model has not settled yet; this engine runs functions only.',
      );
    case 0x03: {
      const bound = reader.byte();
      if (bound === 0) return { sort: 'type', bound: { equals: reader.u32() } };
      if (bound === 1) return { sort: 'type', bound: 'resource' };
      throw reader.malformed(`unknown bound of a type 0x${bound.toString(16)}`);
    }
    case 0x04:
      return { sort: 'component', type: reader.u32() };
    case 0x05:
      return { sort: 'instance', type: reader.u32() };
    default:
      throw reader.malformed(`unknown kind of import or export 0x${code.toString(16)}`);
  }
}
