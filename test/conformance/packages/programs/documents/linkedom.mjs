import { DOMParser, parseHTML } from 'linkedom';

const { document, customElements, HTMLElement, Event, CustomEvent } = parseHTML(
  '<!doctype html><html><head><title>t</title></head><body><ul id="list"><li class="a">1</li><li>2</li></ul><template><b>in</b></template></body></html>',
);
const events = [];
class Greeting extends HTMLElement {
  static observedAttributes = ['name'];
  connectedCallback() {
    this.innerHTML = `<p>Hello, ${this.getAttribute('name')}</p>`;
    events.push('connected');
  }
  attributeChangedCallback(name, before, after) {
    events.push([name, before, after]);
  }
}
customElements.define('my-greeting', Greeting);
const list = document.querySelector('#list');
list.addEventListener('click', (event) =>
  events.push([event.type, event.target.localName, event.detail ?? null]),
);
const item = document.createElement('li');
item.textContent = '<3>';
item.dataset.someKey = 'v';
item.classList.add('x', 'y');
item.classList.toggle('x');
list.append(item, document.createComment('c'), 'text');
item.dispatchEvent(new Event('click', { bubbles: true }));
list.firstElementChild.dispatchEvent(new CustomEvent('click', { bubbles: true, detail: { a: 1 } }));
document.body.insertAdjacentHTML('beforeend', '<my-greeting name="Ada"></my-greeting>');
document.querySelector('my-greeting').setAttribute('name', 'Bob');
const xml = new DOMParser().parseFromString(
  '<a xmlns:x="urn:x"><x:b c="1"/><![CDATA[<d>]]></a>',
  'text/xml',
);
const walker = document.createTreeWalker(list, 4);
const texts = [];
while (walker.nextNode()) texts.push(walker.currentNode.textContent);

export default [
  document.toString(),
  events,
  [...document.querySelectorAll('li:nth-child(2n+1), .a')].map(({ outerHTML }) => outerHTML),
  texts,
  xml.toString(),
  document.querySelector('template').content.cloneNode(true).firstChild.outerHTML,
  list.closest('body').children.length,
  document.title,
];
