/**
 * Whether a text is a host pattern: a host name (`api.example.com`), an IP address as URLs write
 * it, `*.` and a host name, or `*`. No scheme, port, path or space.
 */
export function isHostPattern(text: string): boolean {
  if (text === '*') return true;
  const host = text.startsWith('*.') ? text.slice(2) : text;
  if (host === '' || /[\s/\\?#@*%]|:(?![^[]*\])|^\.|\.\./u.test(host)) return false;
  return URL.canParse(`http://${host}/`);
}
