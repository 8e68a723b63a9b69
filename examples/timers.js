// The run ends as in Node.js: when nothing is pending any more, not when the last line is reached.
const order = [];
const note = (event) => {
  order.push(event);
  console.log(event);
};

setTimeout(() => note('timeout after 20 ms'), 20);
queueMicrotask(() => note('microtask'));
note('script');

let ticks = 0;
await new Promise((resolve) => {
  const interval = setInterval(() => {
    note(`tick ${++ticks}`);
    if (ticks === 3) {
      clearInterval(interval);
      resolve();
    }
  }, 2);
});

setTimeout(() => console.log('printed after the last line, yet in the response'), 30);

order;
