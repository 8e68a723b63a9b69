import nunjucks from 'nunjucks';

const templates = {
  'base.html': '<title>{% block title %}none{% endblock %}</title>{% block body %}{% endblock %}',
  'macros.html':
    '{% macro field(name, value="", type="text") %}<input name="{{ name }}" type="{{ type }}" value="{{ value }}">{% endmacro %}',
  'page.html': `{% extends "base.html" %}{% from "macros.html" import field %}
{% block title %}{{ title | title }} {{ super() }}{% endblock %}
{% block body %}{% for name, value in fields %}{{ loop.index }}:{{ field(name, value) }}{% if not loop.last %}, {% endif %}{% endfor %}
{% set sum = 0 %}{% for n in numbers %}{% set sum = sum + n %}{% endfor %}{{ sum }} {{ numbers | sort(true) | join("-") }}
{{ "<b>" }} {{ "<b>" | safe }} {{ people | groupby("team") | dump }} {% filter upper %}loud{% endfilter %} {{ [1, 2, 3] | batch(2) | list | length }}
{% raw %} {{ raw }} {% endraw %}{{ late | later }}{% endblock %}`,
};

class Memory extends nunjucks.Loader {
  getSource(name) {
    return { src: templates[name], path: name, noCache: false };
  }
}

const environment = new nunjucks.Environment(new Memory(), { autoescape: true });
environment.addFilter(
  'later',
  (value, callback) => setTimeout(callback, 2, null, `[${value}]`),
  true,
);

const data = {
  title: 'a form',
  fields: { first: 'A"da', last: 'L' },
  numbers: [3, 1, 2],
  people: [
    { name: 'a', team: 'x' },
    { name: 'b', team: 'y' },
    { name: 'c', team: 'x' },
  ],
  late: 'now',
};
const render = (name) =>
  new Promise((resolve) =>
    environment.render(name, data, (error, text) => resolve(error?.message ?? text)),
  );

export default [
  await render('page.html'),
  environment.renderString('{{ a.b.c }}{{ x | default("none") }} {{ 7 // 2 }} {{ 2 ** 10 }}', {}),
  await new Promise((resolve) =>
    environment.renderString('{{ no() }}', {}, (error) => resolve(error.message)),
  ),
];
