const people = Array.from({ length: 1500 }, (_, id) => ({
  id,
  name: `person ${id}`,
  address: { city: `city ${id % 17}`, zip: id * 7 },
  tags: [id % 3, id % 5],
}));
let sum = 0;
for (const person of people) {
  const { address, ...rest } = person;
  const copy = { ...rest, address: { ...address, zip: address.zip + 1 } };
  copy.total = copy.address.zip + copy.tags[0];
  for (const key in copy) sum += key.length;
  sum += copy.total + Object.keys(copy).length + Object.entries(copy.address).length;
}
const byCity = {};
for (const { address, id } of people) {
  byCity[address.city] ??= [];
  byCity[address.city].push(id);
}
sum + Object.values(byCity).reduce((total, ids) => total + ids.length, 0);
