// `fetch` as in a browser: the price list is JSON that another server (here: this one) has.
export default async function invoice({ pricesUrl, order }) {
  const response = await fetch(pricesUrl);
  if (!response.ok) {
    throw new Error(`The price list answered ${response.status} ${response.statusText}`);
  }
  const { currency, items } = await response.json();

  const lines = Object.entries(order).map(([name, quantity]) => ({
    name,
    quantity,
    amount: Math.round(items[name].price * quantity * 100) / 100,
    available: items[name].stock >= quantity,
  }));
  const total = Math.round(lines.reduce((sum, line) => sum + line.amount, 0) * 100) / 100;
  return { currency, lines, total };
}
