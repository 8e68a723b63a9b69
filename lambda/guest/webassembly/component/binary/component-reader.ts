/** Reads the binary format of components: every section, every index as it stands, nothing resolved. */

import { MalformedModule, Reader } from '../../../wasm-binary/reader.ts';
import { UnsupportedModule } from '../../module/limits.ts';
import { ReadingBudget } from './budget.ts';
import { readCanon } from './canon-reader.ts';
import type {
  ComponentBinary,
  CoreSort,
  Definition,
  DefinitionBody,
  Named,
  Reference,
} from './definitions.ts';
import { readExternType, readImport, readNamed } from './extern-reader.ts';
import { readAlias, readCoreSort, readReference } from './sort-reader.ts';
import { readCoreType, readType } from './type-reader.ts';

const PREAMBLE_BYTES = 8;
/** Of the binary format before its version 1. */
const VERSION = 0x0d;

/**
 * @throws {MalformedModule} where the bytes are not a component
 * @throws {UnsupportedModule} where they use what only WASI 0.3 has, or a feature behind a gate
 */
export function readComponent(bytes: Uint8Array): ComponentBinary {
  return readBody(new Reader(bytes), new ReadingBudget());
}

function readBody(reader: Reader, budget: ReadingBudget): ComponentBinary {
  const offset = reader.offset;
  readPreamble(reader);
  const definitions: Definition[] = [];
  while (!reader.done) {
    const id = reader.byte();
    const size = reader.u32();
    const start = reader.skip(size);
    const content = new Reader(reader.bytes, start, start + size);
    for (const definition of readSection(id, content, budget)) definitions.push(definition);
  }
  return { offset, definitions };
}

function readPreamble(reader: Reader): void {
  const start = reader.skip(PREAMBLE_BYTES);
  const preamble = Buffer.from(
    reader.bytes.buffer,
    reader.bytes.byteOffset + start,
    PREAMBLE_BYTES,
  );
  if (preamble.toString('latin1', 0, 4) !== '\0asm') {
    throw new MalformedModule('no magic number of WebAssembly', start);
  }
  const version = preamble.readUInt16LE(4);
  if (preamble.readUInt16LE(6) !== 1) throw new MalformedModule('not a component', start + 6);
  if (version !== VERSION) {
    throw new MalformedModule(`version ${version} of the component format is not known`, start + 4);
  }
}

function readSection(id: number, reader: Reader, budget: ReadingBudget): Definition[] {
  const name = sectionNames[id];
  if (name === undefined) throw reader.malformed(`unknown section ${id}`);
  try {
    return readContent(id, reader, budget);
  } catch (error) {
    if (error instanceof MalformedModule && !error.message.startsWith('in the ')) {
      const message = error.message.replace(/ @\+\d+$/, '');
      throw new MalformedModule(`in the ${name} section: ${message}`, error.offset);
    }
    throw error;
  }
}

const sectionNames = [
  'custom',
  'core module',
  'core instance',
  'core type',
  'component',
  'instance',
  'alias',
  'type',
  'canon',
  'start',
  'import',
  'export',
  'value',
];

function readContent(id: number, reader: Reader, budget: ReadingBudget): Definition[] {
  const vector = (read: (reader: Reader) => DefinitionBody): Definition[] => {
    const items = budget.vector(reader, (item) => {
      const { offset } = item;
      return { ...read(item), offset };
    });
    if (!reader.done) throw reader.malformed('it is longer than its content');
    return items;
  };
  const { offset } = reader;
  switch (id) {
    case 0:
      budget.name(reader);
      return [];
    case 1:
      budget.count(reader);
      return [{ op: 'core module', offset, start: offset, end: reader.end }];
    case 2:
      return vector((item) => readCoreInstance(item, budget));
    case 3:
      return vector((item) => ({ op: 'core type', type: readCoreType(item, budget) }));
    case 4:
      budget.count(reader);
      return [
        {
          op: 'component',
          offset,
          component: budget.nested(reader, () => readBody(reader, budget)),
        },
      ];
    case 5:
      return vector((item) => readInstance(item, budget));
    case 6:
      return vector((item) => readAlias(item, budget));
    case 7:
      return vector((item) => ({ op: 'type', type: readType(item, budget) }));
    case 8:
      return vector((item) => readCanon(item, budget));
    case 10:
      return vector((item) => readImport(item, budget));
    case 11:
      return vector((item) => readExport(item, budget));
    default:
      throw new UnsupportedModule(
        `The component has a ${sectionNames[id]} section: values are not part of the component model yet, and this engine does not run them.`,
      );
  }
}

function readCoreInstance(reader: Reader, budget: ReadingBudget): DefinitionBody {
  const form = reader.byte();
  if (form === 0) {
    const module = reader.u32();
    const args = budget.vector(reader, (item): Named<number> => {
      const name = budget.name(item);
      if (item.byte() !== 0x12) throw item.malformed('an argument is not an instance');
      return { name, value: item.u32() };
    });
    return { op: 'core instantiate', module, args };
  }
  if (form !== 1) throw reader.malformed(`unknown form of core instance 0x${form.toString(16)}`);
  const exports = budget.vector(reader, (item): Named<Reference> => {
    const name = budget.name(item);
    const sort: CoreSort = readCoreSort(item);
    return { name, value: { sort, index: item.u32() } };
  });
  return { op: 'core exports', exports };
}

function readInstance(reader: Reader, budget: ReadingBudget): DefinitionBody {
  const form = reader.byte();
  if (form === 0) {
    const component = reader.u32();
    const args = budget.vector(reader, (item): Named<Reference> => {
      return { name: budget.name(item), value: readReference(item) };
    });
    return { op: 'instantiate', component, args };
  }
  if (form !== 1) throw reader.malformed(`unknown form of instance 0x${form.toString(16)}`);
  const exports = budget.vector(reader, (item): Named<Reference> => {
    return readNamed(item, budget, () => readReference(item), sortOf);
  });
  return { op: 'exports', exports };
}

function readExport(reader: Reader, budget: ReadingBudget): DefinitionBody {
  const { name, value: item } = readNamed(reader, budget, () => readReference(reader), sortOf);
  const ascribed = reader.byte();
  if (ascribed > 1) throw reader.malformed('an optional type is neither absent nor there');
  const type = ascribed === 1 ? readExternType(reader) : null;
  return { op: 'export', name, item, type };
}

function sortOf({ sort }: Reference): Reference['sort'] {
  return sort;
}
