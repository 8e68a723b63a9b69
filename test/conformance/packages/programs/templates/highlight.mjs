import highlight from 'highlight.js';

const samples = {
  javascript: 'class A extends B { #x = 1n; async *f({ a = /[/]x/g } = {}) { yield `t`; } }',
  python: '@cached\ndef f(x: int) -> str:\n    """doc"""\n    return f"{x!r:>10}"',
  xml: '<!doctype html><p class="a" data-b=c>text &amp; <script>let a = 1 < 2</script></p>',
  sql: "SELECT a.*, count(*) FROM t AS a WHERE b LIKE '%x' -- end",
  rust: 'fn main<\'a>() -> Result<(), Box<dyn Error>> { println!("{:?}", 0x1f_u8); }',
  css: '@media (min-width: 10px) { a:hover::before { color: #fff; --x: calc(1px + 2em) } }',
  markdown: '# Title\n\n*a* `b`\n\n- [x](y)',
};
const auto = highlight.highlightAuto(
  '#include <stdio.h>\nint main(void) { printf("%d\\n", 1); return 0; }',
  ['c', 'python', 'sql'],
);

export default [
  Object.entries(samples).map(([language, code]) => highlight.highlight(code, { language }).value),
  [auto.language, auto.relevance, auto.value],
  highlight.listLanguages().length,
];
