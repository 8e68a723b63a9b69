test(() => {
  const seen = [];
  const target = new EventTarget();
  target.addEventListener('a', () => seen.push(1), { once: true });
  target.addEventListener('a', { handleEvent: (event) => seen.push(event.type) });
  target.dispatchEvent(new Event('a'));
  target.dispatchEvent(new Event('a'));
  assert_equals(seen.join(), '1,a,a');
}, 'listeners are functions or objects, and may be called once');

test(() => {
  const controller = new AbortController();
  const all = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)]);
  controller.abort('why');
  assert_equals(all.reason, 'why');
}, 'a signal follows the first of several');

promise_test(async () => {
  const order = [];
  setTimeout(() => order.push('timer'), 0);
  queueMicrotask(() => order.push('microtask'));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert_equals(order.join(), 'microtask,timer');
}, 'microtasks come before timers, timers in their order');

test(() => {
  const map = new Map([['self', null]]);
  map.set('self', map);
  const clone = structuredClone(map);
  assert_equals(clone.get('self'), clone);
  assert_throws('DataCloneError', () => structuredClone(() => {}));
}, 'a clone keeps cycles, and has no functions');
