let state = 7;
const random = () => {
  state = (state * 48271) % 2147483647;
  return state;
};
const numbers = Array.from({ length: 4000 }, random);
const byValue = numbers.toSorted((a, b) => a - b);
const records = numbers.slice(0, 1500).map((value) => ({ key: value % 100, name: `n${value}` }));
records.sort((a, b) => a.key - b.key || (a.name < b.name ? -1 : 1));
const texts = records.map(({ name }) => name).sort();
const [first] = texts;
byValue[100] + records[700].key + first.length + texts.indexOf(records[3].name);
