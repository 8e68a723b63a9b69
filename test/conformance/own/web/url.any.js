test(() => {
  assert_equals(
    new URL('../c?d#e', 'HTTPS://Example.com:443/a/b/').href,
    'https://example.com/a/c?d#e',
  );
}, 'a relative reference is resolved, the host lower-cased, the default port dropped');

test(() => {
  assert_equals(new URL('http://0x7f.1/').hostname, '127.0.0.1');
}, 'an address in hexadecimal is an address');

test(() => {
  assert_throws('TypeError', () => new URL('http://a b/'));
}, 'a host with a space is none');

test(() => {
  const query = new URLSearchParams('b=2&a=1&b=%C3%BC+x');
  query.sort();
  assert_equals(query.toString(), 'a=1&b=2&b=%C3%BC+x');
}, 'a query is sorted stably and serialized as forms are');

test(() => {
  const url = new URL('https://example.com/?a=1');
  url.searchParams.set('a', '2');
  assert_equals(url.search, '?a=2');
}, 'the query and its URL change together');
