/** `wasi:io/poll`. */

import type { HostInterface } from '../../host.ts';
import { WASI_VERSION, type Wasi2Context } from '../binding/context.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { blockingFunction, trap, wit } from '../binding/parameters.ts';
import { oneTurn, type Readiness, untilReady } from './readiness.ts';

export class Pollable extends HeldResource {
  readonly resource = 'wasi:io/poll/pollable';
  readonly readiness: Readiness;

  constructor(holdings: Holdings, readiness: Readiness) {
    super(holdings);
    this.readiness = readiness;
  }
}

const pollable = wit.resource(Pollable);

export function pollInterface(context: Wasi2Context): HostInterface {
  return {
    name: 'wasi:io/poll',
    version: WASI_VERSION,
    resources: ['pollable'],
    functions: {
      '[method]pollable.ready': blockingFunction([pollable], ({ readiness }) => {
        if (readiness.isReady()) return true;
        return readiness.news ? oneTurn(context).then(() => readiness.isReady()) : false;
      }),
      '[method]pollable.block': blockingFunction([pollable], ({ readiness }) =>
        untilReady([readiness], context),
      ),
      poll: blockingFunction([wit.list(pollable)], (pollables) => {
        if (pollables.length === 0) trap('poll: the list is empty.');
        const waiting = untilReady(
          pollables.map(({ readiness }) => readiness),
          context,
        );
        return waiting ? waiting.then(() => readyIndices(pollables)) : readyIndices(pollables);
      }),
    },
  };
}

function readyIndices(pollables: readonly Pollable[]): number[] {
  return pollables.flatMap(({ readiness }, index) => (readiness.isReady() ? [index] : []));
}
