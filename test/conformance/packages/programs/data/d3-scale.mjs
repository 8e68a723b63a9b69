import * as d3 from 'd3-scale';

const linear = d3.scaleLinear([0, 1234.5], [0, 960]).nice();
const time = d3.scaleUtc(
  [new Date(Date.UTC(2026, 0, 1)), new Date(Date.UTC(2026, 5, 15))],
  [0, 500],
);
const log = d3.scaleLog([1e-5, 1e5], ['steelblue', 'brown']);
const band = d3.scaleBand(['a', 'b', 'c'], [0, 120]).padding(0.1);
const format = time.tickFormat();

export default [
  linear.ticks(7).map(linear.tickFormat(7, '+,.2f')),
  [0.1, 333.33, -5].map(linear),
  [100, 959.99].map(linear.invert),
  time.ticks(6).map(format),
  time(new Date(Date.UTC(2026, 2, 29, 1))),
  log.ticks().length,
  log.ticks(3).map(log.tickFormat(3, '~e')),
  [1e-4, 1, 2.5, 1e5].map(log),
  ['a', 'b', 'c', 'd'].map(band),
  [band.bandwidth(), band.step()],
  d3.scalePow([0, 100], [0, 1]).exponent(0.3)(42),
  d3.scaleSymlog([-100, 100], [0, 1])(-7),
  d3.scaleQuantile([3, 6, 7, 7, 8, 8, 10, 13, 15, 16, 20], [0, 1, 2, 3]).quantiles(),
  d3.scaleThreshold([0, 1e-10, 1e21], ['a', 'b', 'c', 'd'])(5e20),
  Array.from({ length: 13 }, (_, index) => d3.scaleLinear([0, 10 ** (index - 6)], [0, 1]).ticks(4)),
];
