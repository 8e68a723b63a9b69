// Nobody has to trust a script: this one is stopped at its limit, and what it printed is kept.
console.log('Counting for ever …');

let count = 0;
while (count >= 0) {
  count = (count + 1) % 1_000_000;
}
