// What a script throws comes back with its name, its cause and its own line numbers.
function parseAge(text) {
  const age = Number(text);
  if (Number.isNaN(age)) {
    throw new TypeError(`"${text}" is not an age`);
  }
  return age;
}

function register(person) {
  return { ...person, age: parseAge(person.age) };
}

console.log('Printed before the failure, and not lost:', register({ name: 'Ada', age: '36' }));
register({ name: 'Charles', age: 'unknown' });
