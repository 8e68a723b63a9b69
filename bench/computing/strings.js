const words = Array.from({ length: 2000 }, (_, index) => `word${index * 31}`);
let text = '';
for (const word of words) text += `${word.toUpperCase()}, `;
let sum = 0;
for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) % 1_000_003;
const parts = text.split(', ');
sum += parts.map((part) => part.padStart(12, '.').slice(2, 9).trim()).join('-').length;
sum += text.indexOf('WORD27001') + text.replaceAll('WORD', 'w').length;
for (const part of parts) {
  if (part.startsWith('WORD1') || part.endsWith('7') || part.includes('88')) sum += part.length;
}
sum + [...text].reverse().join('').lastIndexOf(',');
