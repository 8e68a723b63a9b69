import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({
  html: false,
  linkify: true,
  typographer: true,
  highlight: (code, language) => `<pre>${language}:${code.length}</pre>`,
});
const links =
  markdown.renderer.rules.link_open ??
  ((tokens, index, options, _, self) => self.renderToken(tokens, index, options));
markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
  tokens[index].attrSet('rel', 'nofollow');
  return links(tokens, index, options, env, self);
};
const text = `# Heading & <b>

"Quoted" -- text... (c) with **bold _nested_** and ~~none~~, see www.example.com or mail me@example.org.

1. one
   - two \`code\`
3. three

> quote
> goes on

| a | b |
|:--|--:|
| 1 | \\| |

\`\`\`js
let a = 1
\`\`\`

![alt *text*](/img.png "title") [ref] [bad](javascript:alert)

[ref]: <https://münchen.example/ä?q=ü> 'T'
`;
const tokens = markdown.parse(text, {});

export default [
  markdown.render(text),
  markdown.renderInline('a *b*  \nc'),
  tokens.map(({ type, map }) => [type, map]).slice(0, 12),
];
