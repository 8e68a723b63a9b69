/** As much of a test harness as the tests beside it need, by the names that the runner knows. */

const resultCallbacks = [];
const completionCallbacks = [];
const results = [];
let last = Promise.resolve();

globalThis.add_result_callback = (callback) => resultCallbacks.push(callback);
globalThis.add_completion_callback = (callback) => completionCallbacks.push(callback);

/** Runs tests in their order, whether they wait or not. */
globalThis.test = (body, name) => {
  last = last.then(async () => {
    const result = { name, status: 0, message: null };
    try {
      await body();
    } catch (error) {
      result.status = 1;
      result.message = String(error);
    }
    results.push(result);
    for (const callback of resultCallbacks) callback(result);
  });
};
globalThis.promise_test = globalThis.test;

globalThis.assert_equals = (actual, expected) => {
  if (!Object.is(actual, expected)) throw new Error(`${String(actual)} is not ${String(expected)}`);
};

globalThis.assert_throws = (name, body) => {
  try {
    body();
  } catch (error) {
    return assert_equals(error.name, name);
  }
  throw new Error('nothing is thrown');
};

// The tests have been registered by then.
setTimeout(() => {
  last.then(() => {
    for (const callback of completionCallbacks) callback(results, { status: 0, message: null });
  });
}, 0);
