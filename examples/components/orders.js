export const pricing = {
  price(lines, where, discount) {
    if (lines.length === 0) throw { tag: 'empty' };
    let net = 0;
    for (const l of lines) {
      if (l.quantity === 0) throw { tag: 'bad-quantity', val: l.sku };
      net += l.quantity * l.unitPrice;
    }
    net *= 1 - (discount ?? 0);
    const tax = where === 'eu' ? net * 0.2 : 0;
    return { net, tax, gross: net + tax, lines: lines.length };
  },
  echo(bytes, big, m, t, o) {
    return [bytes, big, m, t, o];
  },
};
export function greet(name) {
  return `Hello, ${name}!`;
}
