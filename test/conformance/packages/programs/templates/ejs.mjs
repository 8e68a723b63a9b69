import ejs from 'ejs';

const page = `<% const total = items.reduce((sum, { price }) => sum + price, 0) -%>
<ul>
<% for (const { name, price } of items) { -%>
  <li><%= name %>: <%- price.toFixed(2) %></li>
<% } -%>
</ul>
<%# a comment %><%% literal %> <%= total %><%- include('footer', { year: 2026 }) %>`;

ejs.cache.set('none', () => '');
const options = { includer: (path) => ({ template: `(<%= year %> ${path})` }) };
const items = [
  { name: '<pen>', price: 1.5 },
  { name: 'ink', price: 7 },
];
const failure = (() => {
  try {
    return ejs.render('one\ntwo <%= missing.name %>\nthree', {});
  } catch (error) {
    // Its last line is the engine's own text.
    return [error.name, error.message.split('\n').slice(0, -1)];
  }
})();

export default [
  ejs.render(page, { items }, options),
  ejs.compile('<? if (a) { ?>yes<? } ?>', { delimiter: '?' })({ a: 1 }),
  await ejs.render('<%= await value %>', { value: Promise.resolve('later') }, { async: true }),
  failure,
];
