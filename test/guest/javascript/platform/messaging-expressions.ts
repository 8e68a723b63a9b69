/** Expressions about channels of messages that must come to the same here and in Node.js. */

/** Several turns of the event loop: of one, on a busy machine, the timer may be due before a message. */
const turns = `for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 3))`;
/** `log` of what happens until nothing more does; the ports are closed, as Node.js waits for them. */
const logged = (body: string): string =>
  `(async () => { const log = []; const { port1, port2 } = new MessageChannel(); ${body}; ${turns}; port1.close(); return log; })()`;
const thrown = (...calls: string[]): string =>
  `[${calls.map((call) => `() => ${call}`)}].map((f) => { try { return typeof f(); } catch (e) { return e.name; } })`;

export const messagingExpressions: readonly string[] = [
  `(async () => { const { port1, port2 } = new MessageChannel(); const got = new Promise((resolve) => { port1.onmessage = ({ data }) => { resolve(data); port1.close(); }; }); port2.postMessage({ a: 1 }); return got; })()`,
  logged(
    `port1.onmessage = (e) => log.push(e.data); port2.postMessage(1); port2.postMessage(2); log.push('sync'); await null; log.push('micro')`,
  ),
  logged(`port2.postMessage('early'); await null; port1.onmessage = (e) => log.push(e.data)`),
  logged(
    `port1.onmessage = (e) => { log.push(e.data); if (e.data < 3) port2.postMessage(e.data + 1); }; port2.postMessage(0)`,
  ),
  logged(
    `port1.addEventListener('message', (e) => log.push(e.data)); port2.postMessage('listened')`,
  ),
  logged(
    `port1.onmessage = (e) => { log.push(['1', e.data]); port1.postMessage('pong'); }; port2.onmessage = (e) => log.push(['2', e.data]); port2.postMessage('ping')`,
  ),
  logged(
    `port1.onmessage = (e) => log.push([e.type, e.data, e.origin, e.lastEventId, e.source, e.ports, e.target === port1, e instanceof MessageEvent, e instanceof Event])`.concat(
      `; port2.postMessage('x')`,
    ),
  ),
  logged(
    `const sent = { d: new Date(0), m: new Map([[1, new Set([2])]]), b: new Uint8Array([1, 2]), n: 1n }; sent.self = sent; port1.onmessage = ({ data }) => log.push(data !== sent && data.self === data, data.d, data.m, [...data.b], data.n); port2.postMessage(sent)`,
  ),
  logged(
    `port1.onmessage = ({ data }) => log.push(data.byteLength); const b = new ArrayBuffer(4); port2.postMessage(b, [b]); log.push(b.byteLength)`,
  ),
  logged(
    `port1.onmessage = ({ data }) => log.push(data.byteLength); const b = new ArrayBuffer(4); port2.postMessage(b, { transfer: [b] }); log.push(b.byteLength)`,
  ),
  logged(
    `const other = new MessageChannel(); other.port1.onmessage = (e) => { log.push(e.data); other.port1.close(); }; port1.onmessage = (e) => { log.push(e.data.port === e.ports[0], e.ports.length); e.ports[0].postMessage('through'); }; port2.postMessage({ port: other.port2 }, [other.port2])`,
  ),
  logged(`port2.addEventListener('close', (e) => log.push(e.type)); port1.close()`),
  logged(`port1.onmessage = (e) => log.push(e.data); port1.close(); port2.postMessage('lost')`),
  logged(
    `port1.onmessage = null; log.push(port1.onmessage, port1.onmessageerror); port1.onmessage = (e) => log.push('old'); port1.onmessage = (e) => log.push('new'); port2.postMessage(1)`,
  ),
  `(() => { const { port1, port2 } = new MessageChannel(); const results = ${thrown(`port1.postMessage(() => {})`, `port1.postMessage(Symbol())`, `port1.postMessage(port2)`, `port1.postMessage(1, [port1])`, `new MessagePort()`, `MessageChannel()`, `(port1.postMessage(1), 0)`, `MessagePort.prototype.start.call(new EventTarget())`)}; port1.close(); return results; })()`,
  `(() => { const { port1 } = new MessageChannel(); port1.close(); return [port1 instanceof MessagePort, port1 instanceof EventTarget, typeof port1.ref, typeof port1.unref]; })()`,
  `(() => { const e = new MessageEvent('m', { data: 1, origin: 'o', lastEventId: 'i' }); return [e.type, e.data, e.origin, e.lastEventId, e.source, e.ports, new MessageEvent('m').data, String(e), MessageEvent.length]; })()`,
  thrown(`new MessageEvent()`, `MessageEvent('m')`, `new MessageEvent('m', { ports: 1 })`),
  `(async () => { const log = []; const [a, b, c, d] = ['x', 'x', 'y', 'x'].map((name) => new BroadcastChannel(name)); b.onmessage = (e) => log.push(['b', e.data, e.target === b]); a.onmessage = c.onmessage = () => log.push('wrong'); d.addEventListener('message', (e) => log.push(['d', e.data])); a.postMessage([1]); ${turns}; for (const it of [a, b, c, d]) it.close(); return log.sort(); })()`,
  `(() => { const c = new BroadcastChannel(5); const name = c.name; c.close(); return [name, ...${thrown(`c.postMessage(1)`, `new BroadcastChannel()`, `BroadcastChannel('x')`)}]; })()`,
  `(() => { const { port1, port2 } = new MessageChannel(); const moved = structuredClone({ port1 }, { transfer: [port1] }).port1; moved.close(); return [moved instanceof MessagePort, moved === port1]; })()`,
  `[typeof MessageChannel, typeof MessagePort, typeof MessageEvent, typeof BroadcastChannel, Object.keys(globalThis).includes('MessageChannel')]`,
];
