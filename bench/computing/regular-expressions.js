const lines = Array.from(
  { length: 250 },
  (_, i) =>
    `2024-0${(i % 9) + 1}-1${i % 10}T0${i % 10}:30:00Z host${i} "GET /items/${i}?q=a%20b HTTP/1.1" ${200 + (i % 5)} user${i}@example.com`,
);
const log = lines.join('\n');
let sum = 0;
for (const line of lines) {
  const match = /^(\d{4})-(\d\d)-(\d\d)T[\d:]+Z\s+(?<host>\w+)\s+"(?:GET|POST) ([^ ]+)/.exec(line);
  sum += Number(match[1]) + match.groups.host.length + match[5].length;
  if (/[\w.]+@[\w.]+\.(?:com|org)$/i.test(line)) sum += 1;
}
sum += log.replace(/\b(\w+)@(\w+)\b/g, '$2 at $1').length;
sum += log.match(/\/items\/\d+/g).length + log.split(/\s+/).length;
for (const { index } of log.matchAll(/(?<=\?)q=([^ ]*)/g)) sum += index % 7;
`sum ${sum}`;
