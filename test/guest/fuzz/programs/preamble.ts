/**
 * What generated programs call. Nothing of it shows what differs here from Node.js and is told in
 * `docs/language.md`: messages of errors, texts of functions.
 */
export const preamble = `
const log = [];
Function.prototype.toString = function () { return 'function ' + this.name };
Error.prototype.toString = function () { return this.name };
let fuel = 300;
let depth = 0;
const FUEL = () => fuel-- > 0;
const show = (value, level) => {
  if (typeof value === 'function') return 'function ' + value.name + '/' + value.length;
  if (typeof value === 'bigint') return value + 'n';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  if (typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value);
  if (value === null) return 'null';
  if (level > 3) return '...';
  if (value instanceof Error) return value.name;
  if (value instanceof Promise) return 'Promise';
  if (value instanceof Map) return 'Map' + show([...value], level + 1);
  if (Array.isArray(value)) {
    const items = Array.from({ length: Math.min(value.length, 20) }, (_, i) =>
      i in value ? show(value[i], level + 1) : '-');
    return '[' + items.join() + ']';
  }
  const keys = Object.keys(value).slice(0, 20);
  return '{' + keys.map((key) => {
    const property = Object.getOwnPropertyDescriptor(value, key);
    return key + ':' + ('value' in property ? show(property.value, level + 1) : 'accessor');
  }).join() + '}';
};
const SHOW = (value) => typeof value === 'string' ? value.slice(0, 200) : show(value, 0);
const LOG = (...values) => {
  if (log.length < 400) log.push(values.map((value) => show(value, 0)).join(' '));
  return values[0];
};
const TEXT = (value) => {
  try { return String(value).slice(0, 200) } catch (error) { return error.name }
};
const isObject = (value) => value !== null && typeof value === 'object';
const OBJECT = (value) => isObject(value) ? value : {};
const PLAIN = (value) =>
  ['function', 'symbol', 'bigint'].includes(typeof value) ? 1 : isObject(value) ? show(value, 0) : value;
const ITEMS = (value) =>
  Array.isArray(value) ? value.slice(0, 5) : typeof value === 'string' ? [...value.slice(0, 5)] : [value];
const KEY = (value) => typeof value === 'symbol' ? value : TEXT(value).slice(0, 8);
const TAG = (strings, ...values) => [strings.raw.join('~'), strings.length, ...values.map(TEXT)].join('|');
const isIterator = (value) => isObject(value) && typeof value.next === 'function';
const drain = (iterator) => {
  const steps = [];
  for (let i = 0; i < 4; i++) {
    const step = i === 2 && fuel % 3 === 0 && iterator.return ? iterator.return(9) : iterator.next(i);
    if (step instanceof Promise) {
      step.then(({ value, done }) => LOG('step', value, done), (error) => LOG('step fails', error));
    } else {
      steps.push(step.value, step.done);
      if (step.done) break;
    }
  }
  return steps;
};
const CALL = (callee, ...args) => {
  if (depth > 6 || !FUEL()) return 'enough';
  depth++;
  try {
    const result = callee(...args);
    if (result instanceof Promise) {
      result.then((value) => LOG('fulfilled', value), (error) => LOG('rejected', error));
    } else if (isIterator(result)) return drain(result);
    return result;
  } catch (error) {
    return LOG('thrown', error);
  } finally {
    depth--;
  }
};
const NEW = (Class, ...args) => {
  if (!FUEL()) return 'enough';
  try {
    const made = new Class(...args);
    const items = [];
    if (typeof made[Symbol.iterator] === 'function') {
      for (const item of made) if (items.push(item) > 4) break;
    }
    return [made.f, made.p, CALL(() => made.m?.(1, 2)), items];
  } catch (error) {
    return LOG('no instance', error);
  }
};
class Base {
  constructor(x) { this.b = x; LOG('base', new.target.name) }
  m(x) { return ['of base', x] }
  get g() { return 'of base' }
}
const ignore = (event) => event?.preventDefault?.();
if (typeof process === 'object') process.on('unhandledRejection', ignore);
else addEventListener('unhandledrejection', ignore);
`;
