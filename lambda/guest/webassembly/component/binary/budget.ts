/** How much a component may declare: each thing read takes many times its bytes of the sandbox's heap. */

import type { Reader } from '../../../wasm-binary/reader.ts';

/** Definitions, fields, cases, names and options of a component and all within it. */
const MAX_ITEMS = 400_000;
/** Components and types within each other. */
const MAX_DEPTH = 64;
/** The longest that tools give are some hundred bytes. */
const MAX_NAME_BYTES = 16_384;

export class ReadingBudget {
  #items = 0;
  #depth = 0;

  /** Reads a vector, each item counted. */
  vector<Item>(reader: Reader, item: (reader: Reader) => Item): Item[] {
    const items: Item[] = [];
    for (let left = reader.count(); left > 0; left -= 1) {
      this.count(reader);
      items.push(item(reader));
    }
    return items;
  }

  count(reader: Reader): void {
    this.#items += 1;
    if (this.#items > MAX_ITEMS) {
      throw reader.malformed(`the component declares more than ${MAX_ITEMS} things`);
    }
  }

  /** Reads what lies within a component or a type. */
  nested<Value>(reader: Reader, read: () => Value): Value {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw reader.malformed(`components or types are nested deeper than ${MAX_DEPTH}`);
    }
    const value = read();
    this.#depth -= 1;
    return value;
  }

  name(reader: Reader): string {
    const start = reader.offset;
    const length = reader.u32();
    if (length > MAX_NAME_BYTES) {
      throw reader.malformed(`a name is longer than ${MAX_NAME_BYTES} bytes`);
    }
    reader.offset = start;
    return reader.name();
  }
}
