/** Where the output cannot, or should not, be that of Node.js, and why. */

export interface Difference {
  readonly why: string;
  readonly code: string;
  readonly guest: string;
  readonly node: string;
}

export const differences: readonly Difference[] = [
  {
    why: 'traps of a proxy never run, not even where its target is a proxy again',
    code: 'try { console.log(new Proxy(new Proxy({ a: 1 }, { get() { throw 1; } }), {})); } catch { console.log("ran"); }',
    guest: '{ a: 1 }\n',
    node: 'ran\n',
  },
  {
    why: 'a view whose buffer is gone is not indented twice',
    code: 'const buffer = new ArrayBuffer(4); const view = new DataView(buffer); buffer.transfer(); console.log(view);',
    guest:
      'DataView {\n  [byteLength]: 0,\n  [byteOffset]: undefined,\n  [buffer]: ArrayBuffer { (detached), [byteLength]: 0 }\n}\n',
    node: 'DataView {\n      [byteLength]: 0,\n      [byteOffset]: undefined,\n      [buffer]: ArrayBuffer { (detached), [byteLength]: 0 }\n    }\n',
  },
  {
    why: 'QuickJS forgets the class of an object whose prototype is taken away',
    code: 'console.log(Object.setPrototypeOf(new (class Foo { a = 1 })(), null));',
    guest: '[Object: null prototype] { a: 1 }\n',
    node: '[Foo: null prototype] { a: 1 }\n',
  },
  {
    why: 'and the kind of a function',
    code: 'console.log(Object.setPrototypeOf(async function f() {}, null));',
    guest: '[Function (null prototype): f]\n',
    node: '[AsyncFunction (null prototype): f]\n',
  },
  {
    why: 'that an iterator gives entries is told by its items, of which there are none',
    code: 'console.log(new Map().entries());',
    guest: '[Map Iterator] {  }\n',
    node: '[Map Entries] {  }\n',
  },
  {
    why: 'or all of which are pairs by themselves',
    code: 'console.log(new Map([[1, [2, 3]]]).values());',
    guest: '[Map Entries] { [ 2, 3 ] }\n',
    node: '[Map Iterator] { [ 2, 3 ] }\n',
  },
  {
    why: 'the language cannot list a weak collection',
    code: 'console.dir(new WeakSet([[1]]), { showHidden: true });',
    guest: 'WeakSet { <items unknown> }\n',
    node: 'WeakSet { [ 1, [length]: 1 ] }\n',
  },
  {
    why: 'functions of QuickJS have no `arguments` and `caller`',
    code: 'console.log("%o", function f() {});',
    guest:
      "<ref *1> [Function: f] {\n  [length]: 0,\n  [name]: 'f',\n  [prototype]: { [constructor]: [Circular *1] }\n}\n",
    node: "<ref *1> [Function: f] {\n  [length]: 0,\n  [name]: 'f',\n  [arguments]: null,\n  [caller]: null,\n  [prototype]: { [constructor]: [Circular *1] }\n}\n",
  },
  {
    why: 'to find properties of a very long array would cost a string for every index',
    code: 'console.dir(Object.assign(new Array(100_001).fill(0), { extra: 1 }), { maxArrayLength: 1 });',
    guest: '[ 0, ... 100000 more items ]\n',
    node: '[ 0, ... 100000 more items, extra: 1 ]\n',
  },
  {
    why: 'messages of the engine are its own',
    code: 'try { null.x; } catch (error) { console.log(error.message); }',
    guest: "cannot read property 'x' of null\n",
    node: "Cannot read properties of null (reading 'x')\n",
  },
];
