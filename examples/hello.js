// A script: what it prints is `stdout` and `stderr`, its last value is `result`.
const planets = ['Mercury', 'Venus', 'Earth', 'Mars'];

console.log('Hello from %s, the third of %d planets', planets[2], planets.length);
console.table(planets.map((name, index) => ({ name, letters: name.length, order: index + 1 })));
console.error('This line went to stderr.');

({ greeting: 'Hello', to: planets, longest: Math.max(...planets.map((name) => name.length)) });
