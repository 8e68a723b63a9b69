import { Liquid } from 'liquidjs';

const engine = new Liquid({ strictFilters: true });
engine.registerFilter('shout', (text) => String(text).toUpperCase());
engine.registerTag('twice', {
  parse(token) {
    this.value = token.args;
  },
  *render(context) {
    const value = yield this.liquid.evalValue(this.value, context);
    return `${value}${value}`;
  },
});

const invoice = `{% assign total = 0 %}{% for line in lines %}{% unless line.hidden -%}
{{ forloop.index }}. {{ line.name | shout }} {{ line.price | times: line.count | round: 2 }}{% assign sum = line.price | times: line.count %}{% assign total = total | plus: sum %}
{% endunless %}{% else %}nothing{% endfor %}
{{- total | prepend: "total " }}{% case customer.kind %}{% when "new" %} welcome{% when "old", "loyal" %} again{% endcase %}
{% tablerow item in lines cols: 2 %}{{ item.name }}{% endtablerow %}
{{ "2026-02-03T04:05:06Z" | date: "%A, %-d %B %Y", "UTC" }} {{ lines | where: "count", 2 | map: "name" | join: ", " }} {% twice customer.name %}`;

const lines = [
  { name: 'pen', price: 1.25, count: 2 },
  { name: 'ink', price: 7.5, count: 1 },
  { name: 'gift', price: 0, count: 1, hidden: true },
];
const customer = { kind: 'loyal', name: 'Ada' };

export default [
  await engine.parseAndRender(invoice, { lines, customer }),
  engine.parseAndRenderSync(
    '{% for i in (1..10) limit: 3 offset: 2 reversed %}{{ i }}{% cycle ",", ";" %}{% endfor %}',
  ),
  await engine.parseAndRender('{{ 1 | nothing }}').catch((error) => error.message),
  await engine.parseAndRender('{% if %}').catch((error) => error.message),
];
