/** Evaluates canonical definitions: functions of a component out of core functions, and the reverse. */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { Signature } from '../../../wasm-binary/types.ts';
import { GuestMemory } from '../../module/memory.ts';
import { liftFunction, lowerFunction } from '../abi/call.ts';
import type { ComponentInstance } from '../abi/component-instance.ts';
import type { AbiOptions, CoreCallable, CoreValue } from '../abi/context.ts';
import { dropResource, newResource, resourceRepresentation } from '../abi/resources.ts';
import type { CanonDefinition, CanonOptions } from '../binary/definitions.ts';
import { coreSignature } from '../types/function-type.ts';
import type { CoreItem, Item, Scope } from './scope.ts';

type Located = CanonDefinition & { readonly offset: number };

/** @throws {MalformedModule} */
export function evaluateCanon(
  definition: Located,
  scope: Scope,
  instance: ComponentInstance,
): Item {
  switch (definition.op) {
    case 'lift':
      return lift(definition, scope, instance);
    case 'lower':
      return lower(definition, scope, instance);
    case 'resource.new':
    case 'resource.drop':
    case 'resource.rep':
      return resourceFunction(definition, scope, instance);
  }
}

function lift(
  { func, options, type: typeIndex, offset }: Extract<Located, { readonly op: 'lift' }>,
  scope: Scope,
  instance: ComponentInstance,
): Item {
  const { type } = scope.type('func', typeIndex, offset);
  const core = scope.get('core func', func, offset);
  const signature = coreSignature(type, 'lift');
  checkSignature('the function that is lifted', core.signature, signature, offset);
  const pointsIn = type.params.some((param) => param.type.hasPointers) || type.spilledParams;
  const pointsOut = type.result?.hasPointers === true || type.spillsResult;
  requireOptions(options, pointsIn || pointsOut, pointsIn, offset);
  if (options.postReturn !== null) {
    const { signature: found } = scope.get('core func', options.postReturn, offset);
    checkSignature('post-return', found, { params: signature.results, results: [] }, offset);
  }
  const resolved = resolveOptions(options, scope, offset);
  return { sort: 'func', func: liftFunction(instance, type, resolved, core.callable ?? unlinked) };
}

function lower(
  { func, options, offset }: Extract<Located, { readonly op: 'lower' }>,
  scope: Scope,
  instance: ComponentInstance,
): Item {
  const target = scope.get('func', func, offset).func;
  const { type } = target;
  if (options.postReturn !== null) {
    throw new MalformedModule('a lowered function cannot have a post-return', offset);
  }
  const pointsIn = type.result?.hasPointers === true;
  const pointsOut = type.params.some((param) => param.type.hasPointers) || type.spilledParams;
  requireOptions(options, pointsIn || pointsOut || type.spillsResult, pointsIn, offset);
  const lowered = lowerFunction(instance, target, resolveOptions(options, scope, offset));
  return coreFunction(coreSignature(type, 'lower'), lowered, target.mayBlock);
}

function resourceFunction(
  { op, type: index, offset }: Extract<Located, { readonly op: `resource.${string}` }>,
  scope: Scope,
  instance: ComponentInstance,
): Item {
  const { type } = scope.type('resource', index, offset);
  const signature = { params: ['i32'], results: op === 'resource.drop' ? [] : ['i32'] };
  if (op === 'resource.drop') {
    return coreFunction(signature, dropResource(instance, type), instance.mayBlock);
  }
  if (type.owner !== instance) {
    throw new MalformedModule(`${op} of a resource that is not of this component`, offset);
  }
  const make = op === 'resource.new' ? newResource : resourceRepresentation;
  return coreFunction(signature, make(instance, type), false);
}

function coreFunction(
  signature: Signature,
  call: (...values: never[]) => unknown,
  mayBlock: boolean,
): CoreItem {
  const now = call as (...values: CoreValue[]) => unknown;
  return {
    sort: 'core func',
    signature,
    value: mayBlock ? new WebAssembly.Suspending(call) : call,
    callable: { now, waiting: async (...values) => now(...values) },
  };
}

/** Of a component that is only checked. */
const unlinked: CoreCallable = {
  now: () => {
    throw new Error('the component has not been instantiated');
  },
  waiting: () => Promise.reject(new Error('the component has not been instantiated')),
};

const reallocSignature: Signature = { params: ['i32', 'i32', 'i32', 'i32'], results: ['i32'] };

function resolveOptions(options: CanonOptions, scope: Scope, offset: number): AbiOptions {
  const callable = (index: number | null): CoreCallable | null =>
    index === null ? null : scope.get('core func', index, offset).callable;
  if (options.realloc !== null) {
    const { signature } = scope.get('core func', options.realloc, offset);
    checkSignature('realloc', signature, reallocSignature, offset);
    if (options.memory === null) {
      throw new MalformedModule('the option realloc needs the option memory', offset);
    }
  }
  const memory =
    options.memory === null ? null : scope.get('core memory', options.memory, offset).value;
  return {
    encoding: options.encoding,
    memory: memory && new GuestMemory(memory),
    realloc: callable(options.realloc),
    postReturn: callable(options.postReturn),
  };
}

function requireOptions(
  { memory, realloc }: CanonOptions,
  needsMemory: unknown,
  needsRealloc: unknown,
  offset: number,
): void {
  if (needsMemory && memory === null) {
    throw new MalformedModule('canonical option memory is required', offset);
  }
  if (needsRealloc && realloc === null) {
    throw new MalformedModule('canonical option realloc is required', offset);
  }
}

function checkSignature(what: string, found: Signature, wanted: Signature, offset: number): void {
  const text = ({ params, results }: Signature) =>
    `[${params.join(' ')}] -> [${results.join(' ')}]`;
  if (text(found) === text(wanted)) return;
  throw new MalformedModule(`${what} is ${text(found)}, not ${text(wanted)}`, offset);
}
