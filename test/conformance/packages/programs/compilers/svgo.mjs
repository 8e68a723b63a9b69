import { optimize } from 'svgo/browser';

const svg = `<?xml version="1.0" encoding="utf-8"?>
<!-- drawn by hand -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100px" height="100px" viewBox="0 0 100 100">
  <style>.a { fill: #ff0000; stroke-width: 2.000px } .unused { fill: blue } #b:hover { opacity: .5 }</style>
  <defs><linearGradient id="grad"><stop offset="0" stop-color="rgb(255, 255, 255)"/></linearGradient></defs>
  <g transform="translate(10 20) rotate(45)"><g><path class="a" d="M 10.12345,20.98765 L 20.00001 20.98765 L 30 , 20.98765 C 30 30 40 40 50.5 50.5 A 5 5 0 0 1 60 60 Z"/></g></g>
  <rect x="0" y="0" width="0" height="10" fill="url(#grad)"/>
  <circle cx="50" cy="50" r="10" style="fill:black;stroke:none"/>
  <polygon points="0,0 10,0 10,10"/>
  <text id="b" xml:space="preserve">  two  <tspan>words</tspan></text>
</svg>`;
const failure = (() => {
  try {
    return optimize('<svg><g></svg>');
  } catch (error) {
    return [error.name, error.line, error.column, String(error)];
  }
})();
const countPaths = {
  name: 'count',
  fn: () => ({
    element: {
      enter: (node) => {
        if (node.name === 'path') node.attributes.seen = '1';
      },
    },
  }),
};

export default [
  optimize(svg, { multipass: true, path: 'a.svg' }).data,
  optimize(svg, {
    js2svg: { pretty: true, indent: 2 },
    plugins: ['removeComments', 'convertShapeToPath', 'convertTransform', countPaths],
  }).data,
  optimize(svg, {
    plugins: [
      { name: 'preset-default', params: { floatPrecision: 1, overrides: { mergePaths: false } } },
      'prefixIds',
    ],
  }).data,
  failure,
];
