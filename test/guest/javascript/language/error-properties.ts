/** Expressions about the own properties of errors, among them `stack`. */

/** Errors that a script makes, and that the language throws. */
const made = [
  `new Error('boom')`,
  `new Error()`,
  `Error('called')`,
  `new TypeError('t', { cause: 1 })`,
  `new AggregateError([1], 'm', { cause: 1 })`,
  `new (class A extends RangeError { constructor() { super('m'); this.code = 'E'; } })()`,
  `(() => { try { null.x; } catch (e) { return e; } })()`,
  `(() => { try { undeclared; } catch (e) { return e; } })()`,
  `(() => { try { new Array(-1); } catch (e) { return e; } })()`,
  `(() => { try { new RegExp('('); } catch (e) { return e; } })()`,
  `(() => { try { decodeURIComponent('%'); } catch (e) { return e; } })()`,
  `(() => { try { JSON.parse('{'); } catch (e) { return e; } })()`,
  `(() => { try { eval('('); } catch (e) { return e; } })()`,
  `(() => { try { new Function('}'); } catch (e) { return e; } })()`,
  `await Promise.any([Promise.reject(1)]).catch((e) => e)`,
  `structuredClone(new TypeError('copied', { cause: 2 }))`,
  `(() => { const o = { name: 'Mine' }; Error.captureStackTrace(o); return o; })()`,
];

const about = (body: string): readonly string[] =>
  made.map((error) => `(async () => { const e = ${error}; return ${body}; })()`);

export const errorProperties: readonly string[] = [
  ...about(`[Object.getOwnPropertyNames(e), Reflect.ownKeys(e), Object.keys(e)]`),
  ...about(`Object.keys(JSON.parse(JSON.stringify(e, Object.getOwnPropertyNames(e)))).sort()`),
  ...about(
    `(({ get, set, value, ...rest }) => [typeof (get ?? value), rest.enumerable, rest.configurable])(Object.getOwnPropertyDescriptor(e, 'stack'))`,
  ),
  ...about(`Object.keys(Object.getOwnPropertyDescriptors(e))`),
  ...about(
    `(Object.getOwnPropertyNames(e), [Object.hasOwn(e, 'stack'), e.propertyIsEnumerable?.('stack')])`,
  ),
  ...about(
    `[typeof e.stack, typeof Object.create(e).stack, Object.hasOwn(Object.create(e), 'stack')]`,
  ),
  `(() => { const e = new Error('m'); return [Object.hasOwn(e, 'stack'), e.hasOwnProperty('stack'), 'stack' in e]; })()`,
  `Object.create(new Error('inherited')).stack.split('\\n')[0]`,
  `Object.create(Object.create(new TypeError('far'))).stack.split('\\n')[0]`,
  `(() => { const e = new Error('m'), o = Object.create(e); o.stack = 4; return [Object.hasOwn(o, 'stack'), o.stack, e.stack]; })()`,
  `(() => { const e = new Error('m'); e.stack = 5; return [e.stack, Object.getOwnPropertyNames(e)]; })()`,
  `(() => { const e = new Error('m'); delete e.stack; return [typeof e.stack, Object.getOwnPropertyNames(e)]; })()`,
  `(() => { const e = new Error('m'); e.stack = 5; delete e.stack; return [typeof e.stack, Object.getOwnPropertyNames(e)]; })()`,
  `(() => { const e = new Error('m'); Object.defineProperty(e, 'stack', { value: 'mine', enumerable: true }); return [e.stack, JSON.stringify(e)]; })()`,
  `(() => { class A extends Error { get stack() { return 'mine'; } } const a = new A('m'); return [a.stack.slice(0, 4), Object.hasOwn(a, 'stack')]; })()`,
  `(() => { const e = new Error('m'); Object.setPrototypeOf(e, null); return typeof e.stack; })()`,
  `(() => { const p = new Proxy(new Error('m'), {}); return [typeof p.stack, Object.getOwnPropertyNames(p), Reflect.ownKeys(p)]; })()`,
  `(() => { const f = Object.freeze(new Error('m')); f.stack = 1; return f.message; })()`,
  `{ const copy = {}; for (const key of Object.getOwnPropertyNames(new Error('m'))) copy[key] = 1; copy; }`.replace(
    /^\{(.*) copy; \}$/,
    '(() => {$1 return copy; })()',
  ),
  `Object.defineProperties({}, Object.getOwnPropertyDescriptors(new Error('m'))).message`,
  `(() => { const e = new Error('m'); const copy = Object.create(Object.getPrototypeOf(e), Object.getOwnPropertyDescriptors(e)); return [copy.message, copy instanceof Error, Object.getOwnPropertyNames(copy)]; })()`,
  `[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError].map((E) => [E.name, E.length, E.prototype.constructor === E, Object.getPrototypeOf(E).name , ...(E === AggregateError ? [] : [Object.prototype.toString.call(E()), E() instanceof E]), String(E.prototype)])`,
  `(() => { class A extends TypeError {} const a = new A('m'); return [a instanceof A, a instanceof TypeError, a instanceof Error, a.constructor.name, a.name, String(a), Error.isError(a)]; })()`,
  `(() => { function Old() { const e = Error.apply(this, arguments); e.name = 'Old'; return e; } return String(new Old('m')); })()`,
  `(() => { const e = Reflect.construct(Error, ['m'], Array); return [Array.isArray(e), e instanceof Array, Error.isError(e)]; })()`,
  `[new Error(undefined).hasOwnProperty('message'), new Error('', undefined).hasOwnProperty('cause'), new Error('', { cause: undefined }).hasOwnProperty('cause')]`,
  `[...new AggregateError(new Set([1, 2])).errors]`,
  `[Object.getOwnPropertyDescriptor(new Error('m'), '@site'), Reflect.getOwnPropertyDescriptor(new Error('m'), '@site')]`,
  `[[Object, 'getOwnPropertyNames'], [Object, 'getOwnPropertyDescriptor'], [Object, 'getOwnPropertyDescriptors'], [Reflect, 'ownKeys'], [Reflect, 'getOwnPropertyDescriptor']].map(([owner, name]) => [owner[name].name, owner[name].length, 'prototype' in owner[name], Object.getOwnPropertyDescriptor(owner, name).enumerable])`,
  `({ ...new Error('m') })`,
  `Object.entries(Object.assign(new Error('m'), { code: 'E' }))`,
  `JSON.stringify(Object.assign(new Error('m'), { code: 'E' }))`,
];
