import { assign, createActor, fromCallback, fromPromise, setup, toPromise, waitFor } from 'xstate';

const machine = setup({
  actors: {
    load: fromPromise(async ({ input }) => {
      if (input.attempt < 2) throw new Error('not yet');
      return `page ${input.attempt}`;
    }),
    ticks: fromCallback(({ sendBack }) => {
      const timer = setInterval(() => sendBack({ type: 'tick' }), 2);
      return () => clearInterval(timer);
    }),
  },
  guards: { mayRetry: ({ context }) => context.attempt < 3 },
  delays: { soon: 3 },
}).createMachine({
  id: 'loader',
  initial: 'idle',
  context: { attempt: 0, ticks: 0, result: null, errors: [] },
  states: {
    idle: { on: { start: { target: 'loading', actions: assign({ attempt: 1 }) } } },
    loading: {
      invoke: {
        src: 'load',
        input: ({ context }) => context,
        onDone: { target: 'counting', actions: assign({ result: ({ event }) => event.output }) },
        onError: {
          target: 'waiting',
          actions: assign({
            errors: ({ context, event }) => [...context.errors, event.error.message],
          }),
        },
      },
    },
    waiting: {
      after: {
        soon: {
          guard: 'mayRetry',
          target: 'loading',
          actions: assign({ attempt: ({ context }) => context.attempt + 1 }),
        },
      },
    },
    counting: {
      type: 'parallel',
      invoke: { src: 'ticks' },
      states: {
        left: { initial: 'on', states: { on: { on: { tick: 'off' } }, off: { type: 'final' } } },
        right: {},
      },
      on: {
        tick: [
          { guard: ({ context }) => context.ticks >= 2, target: 'done' },
          { actions: assign({ ticks: ({ context }) => context.ticks + 1 }), target: '.left.off' },
        ],
      },
    },
    done: { type: 'final' },
  },
  output: ({ context }) => context,
});

const seen = [];
const actor = createActor(machine);
actor.subscribe(({ value }) => seen.push(JSON.stringify(value)));
actor.start();
actor.send({ type: 'start' });
const paused = await waitFor(actor, (snapshot) => snapshot.matches('waiting'));
const output = await toPromise(actor);
const resumed = createActor(machine, { snapshot: { ...paused.toJSON(), children: {} } });

export default [
  output,
  [...new Set(seen)],
  actor.getSnapshot().status,
  resumed.getSnapshot().value,
];
