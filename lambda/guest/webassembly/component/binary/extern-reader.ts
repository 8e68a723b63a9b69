/** Reads names and types of imports and exports. */

import type { Reader } from '../../../wasm-binary/reader.ts';
import { UnsupportedModule } from '../../module/limits.ts';
import type { ReadingBudget } from './budget.ts';
import type { ExternType } from './definitions.ts';

export function readExternName(reader: Reader, budget: ReadingBudget): string {
  const form = reader.byte();
  if (form > 2) throw reader.malformed(`unknown form of name 0x${form.toString(16)}`);
  const name = budget.name(reader);
  if (form === 2) budget.vector(reader, (item) => skipAttribute(item, budget));
  return name;
}

/** Which interface a name implements, or the rest of its version: for tools that link. */
function skipAttribute(reader: Reader, budget: ReadingBudget): void {
  const kind = reader.byte();
  if (kind > 2) throw reader.malformed(`unknown attribute of a name 0x${kind.toString(16)}`);
  budget.name(reader);
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
