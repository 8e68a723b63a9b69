test(() => {
  const headers = new Headers([
    ['B', '2'],
    ['a', '1'],
    ['b', ' 3 '],
  ]);
  assert_equals([...headers].join(), 'a,1,b,2, 3');
}, 'headers are sorted, their values trimmed and joined');

test(() => {
  const { headers } = new Request('https://example.com/', {
    mode: 'no-cors',
    headers: { 'X-A': '1' },
  });
  assert_equals(headers.get('x-a'), null);
}, 'a request without CORS keeps to the headers that are safe');

promise_test(async () => {
  const body = new URLSearchParams({ a: 'ü ' });
  const response = new Response(body);
  const type = response.headers.get('content-type');
  assert_equals(
    `${type} ${await response.text()}`,
    'application/x-www-form-urlencoded;charset=UTF-8 a=%C3%BC+',
  );
}, 'a body sets its content type');

promise_test(async () => {
  const response = new Response('{');
  assert_equals(await response.json().catch((error) => error.name), 'SyntaxError');
  assert_equals(response.bodyUsed, true);
}, 'a body that is no JSON is used up all the same');

test(() => {
  assert_throws('RangeError', () => new Response('', { status: 199 }));
}, 'a status below 200 is none');
