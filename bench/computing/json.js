const rows = Array.from({ length: 700 }, (_, id) => ({
  id,
  name: `row "${id}" ü`,
  price: id * 1.25,
  active: id % 2 === 0,
  none: null,
  tags: ['a', 'b', String(id)],
  nested: { deep: { value: -id } },
}));
const text = JSON.stringify(rows);
const parsed = JSON.parse(text);
const pretty = JSON.stringify(parsed.slice(0, 200), null, 2);
const some = `${text.slice(0, text.indexOf('},{"id":100'))}}]`;
const revived = JSON.parse(some, (key, value) => (key === 'price' ? value * 2 : value));
text.length + pretty.length + parsed[699].nested.deep.value + revived[3].price;
