import {
  Cause,
  Context,
  Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Option,
  Queue,
  Ref,
  Schedule,
  Schema,
  Stream,
} from 'effect';

class Missing extends Schema.TaggedError()('Missing', { key: Schema.String }) {}
class Store extends Context.Service()('Store') {}
const rows = new Map([
  ['a', 1],
  ['b', 2],
]);
const MemoryStore = Layer.succeed(Store, {
  get: (key) => (rows.has(key) ? Effect.succeed(rows.get(key)) : Effect.fail(new Missing({ key }))),
});

const sum = Effect.gen(function* () {
  const store = yield* Store;
  const values = yield* Effect.forEach(['a', 'b'], (key) => store.get(key), { concurrency: 2 });
  const fallback = yield* store
    .get('c')
    .pipe(Effect.catchTag('Missing', ({ key }) => Effect.succeed(key.length * 100)));
  return values.reduce((a, b) => a + b, fallback);
});

const retried = Effect.gen(function* () {
  const attempts = yield* Ref.make(0);
  const flaky = Ref.updateAndGet(attempts, (n) => n + 1).pipe(
    Effect.flatMap((n) => (n < 3 ? Effect.fail(`attempt ${n}`) : Effect.succeed(`after ${n}`))),
  );
  return yield* flaky.pipe(Effect.retry(Schedule.recurs(5)));
});

const concurrent = Effect.gen(function* () {
  const queue = yield* Queue.unbounded();
  const fiber = yield* Effect.forkChild(
    Effect.forEach([1, 2, 3], (n) => Queue.offer(queue, n * n), { discard: true }),
  );
  yield* Fiber.join(fiber);
  const raced = yield* Effect.race(
    Effect.delay(Effect.succeed('slow'), Duration.millis(200)),
    Effect.delay(Effect.succeed('fast'), Duration.millis(2)),
  );
  return [yield* Queue.takeAll(queue), raced];
});

const streamed = Stream.range(1, 10).pipe(
  Stream.filter((n) => n % 2 === 0),
  Stream.mapEffect((n) => Effect.succeed(n * 10)),
  Stream.take(3),
  Stream.runCollect,
);

const Person = Schema.Struct({ name: Schema.String, age: Schema.NumberFromString });
const log = [];
const released = Effect.acquireUseRelease(
  Effect.sync(() => log.push('open')),
  () => Effect.fail('broken'),
  () => Effect.sync(() => log.push('close')),
);
const exit = await Effect.runPromiseExit(released);

export default [
  await Effect.runPromise(sum.pipe(Effect.provide(MemoryStore))),
  await Effect.runPromise(retried),
  await Effect.runPromise(concurrent),
  await Effect.runPromise(streamed),
  Schema.decodeUnknownSync(Person)({ name: 'Ada', age: '36' }),
  String(Exit.isFailure(exit) && Cause.squash(exit.cause)),
  log,
  Option.getOrElse(Schema.decodeUnknownOption(Person)({ name: 1 }), () => 'no person'),
  await Effect.runPromise(Effect.interrupt.pipe(Effect.exit, Effect.map(Exit.isFailure))),
];
