// META: script=resources/bytes.js

test(() => {
  assert_equals(new TextDecoder().decode(bytes('efbbbf c3bc f09f9880')), 'ü😀');
}, 'UTF-8 is decoded without its byte order mark');

test(() => {
  assert_equals(new TextDecoder().decode(bytes('f0 9f 41 c0 80')), '\ufffdA\ufffd\ufffd');
}, 'a broken sequence is one replacement character for its longest valid part');

test(() => {
  assert_throws('TypeError', () => new TextDecoder('utf-8', { fatal: true }).decode(bytes('ff')));
}, 'a fatal decoder throws');

test(() => {
  const decoder = new TextDecoder();
  const parts = [bytes('e2'), bytes('82'), bytes('ac')];
  assert_equals(parts.map((part) => decoder.decode(part, { stream: true })).join('|'), '||€');
}, 'a character may arrive in pieces');

test(() => {
  const { read, written } = new TextEncoder().encodeInto('a€', new Uint8Array(3));
  assert_equals(`${read} ${written}`, '1 1');
}, 'encodeInto writes whole characters only');
