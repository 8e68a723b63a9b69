import katex from 'katex';

const failure = (() => {
  try {
    return katex.renderToString('\\frac{1', { throwOnError: true });
  } catch (error) {
    return [error.name, error.message, error.position];
  }
})();

export default [
  katex.renderToString('c = \\pm\\sqrt{a^2 + b^2}', { displayMode: true }),
  katex.renderToString(
    '\\begin{pmatrix} 1 & x \\\\ \\alpha & \\int_0^\\infty e^{-t}\\,dt \\end{pmatrix}',
    { output: 'mathml' },
  ),
  katex.renderToString('\\RR \\colorbox{yellow}{\\text{é}} \\overbrace{a+\\cdots+z}^{26}', {
    macros: { '\\RR': '\\mathbb{R}' },
  }),
  katex.renderToString('\\unknown', { throwOnError: false, errorColor: '#c00' }),
  failure,
];
