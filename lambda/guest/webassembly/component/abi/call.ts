/** Calls across the border of a component: lifted functions that others call, lowered ones that it calls. */

import type { HostValue } from '../host.ts';
import type { FunctionType } from '../types/function-type.ts';
import type { ComponentInstance } from './component-instance.ts';
import {
  type AbiOptions,
  type CoreCallable,
  type CoreValue,
  LiftContext,
  LowerContext,
  type TextSource,
} from './context.ts';
import type { Handle } from './handles.ts';
import { liftParams, liftResult } from './lift.ts';
import { lowerParams, lowerResult } from './lower.ts';
import { guarded, rethrowAsTrap, trap } from './trap.ts';

/** Who calls: gives the parameters when the callee has been entered, and takes the result. */
export interface CallSide {
  /** `null`: the host. */
  readonly instance: ComponentInstance | null;
  readonly source: TextSource;
  params(): readonly HostValue[];
  /** @param source where texts in it come from */
  resolve(result: HostValue, source: TextSource): void;
}

/** A function of a component, of the host or of another component. */
export interface ComponentFunction {
  readonly type: FunctionType;
  /** A call returns a promise. */
  readonly mayBlock: boolean;
  invoke(caller: CallSide): void | Promise<void>;
}

/** What `canon lift` makes: a function that others can call. */
export function liftFunction(
  instance: ComponentInstance,
  type: FunctionType,
  options: AbiOptions,
  core: CoreCallable,
): ComponentFunction {
  const { mayBlock } = instance;
  return {
    type,
    mayBlock,
    invoke(caller) {
      instance.checkApart(caller.instance);
      const leave = instance.enter(caller.instance);
      const scope = { borrows: 0 };
      const lower = new LowerContext(instance, options, caller.source, scope);
      const params = lowerParams(lower, type, caller.params());
      const finish = (returned: unknown): void => {
        const result = liftResult(new LiftContext(instance, options, null), type, returned);
        if (scope.borrows > 0) trap('borrow handles still remain at the end of the call');
        caller.resolve(result, options.encoding);
        const { postReturn } = options;
        if (postReturn) {
          const values = type.result ? [returned as CoreValue] : [];
          instance.withoutLeaving(() => guarded(() => postReturn.now(...values)));
        }
        leave();
      };
      if (!mayBlock) return finish(guarded(() => core.now(...params)));
      return core.waiting(...params).then(finish, rethrowAsTrap);
    },
  };
}

/** What `canon lower` makes: a core function that calls. Returns a promise where the callee may block. */
export function lowerFunction(
  instance: ComponentInstance,
  target: ComponentFunction,
  options: AbiOptions,
): (...values: CoreValue[]) => unknown {
  const { type } = target;
  const begin = (values: readonly CoreValue[]) => {
    instance.checkMayLeave();
    const lenders: Handle[] = [];
    let returned: CoreValue | undefined;
    const running = target.invoke({
      instance,
      source: options.encoding,
      params: () => liftParams(new LiftContext(instance, options, lenders), type, values),
      resolve(result, source) {
        const outPointer = type.spillsResult ? Number(values.at(-1)) >>> 0 : 0;
        const context = new LowerContext(instance, options, source, null);
        returned = lowerResult(context, type, result, outPointer);
      },
    });
    return {
      running,
      end(): CoreValue | undefined {
        for (const handle of lenders) handle.lends -= 1;
        return returned;
      },
    };
  };
  return (...values) =>
    guarded(() => {
      const { running, end } = begin(values);
      return running ? running.then(end, rethrowAsTrap) : end();
    });
}
