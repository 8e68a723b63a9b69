/** Prototypes of objects of the language that cannot be cloned, and which no brand check tells. */

/** Of generators and the iterators of the language, which have no state but what their `next` knows. */
export const iteratorPrototypes = [
  ...[function* () {}, async function* () {}].map(
    (generator) => Object.getPrototypeOf(generator).prototype as object,
  ),
  ...[
    [].values(),
    new Map().keys(),
    new Set().keys(),
    ''[Symbol.iterator](),
    ''.matchAll(/x/g),
  ].map((iterator) => Object.getPrototypeOf(iterator) as object),
];
export const opaquePrototypes = [...iteratorPrototypes, FinalizationRegistry.prototype];
