const source = Array.from(
  { length: 100 },
  (_, i) => `let value${i} = (${i} + 3.5) * -(x - ${i % 7}) / 2 + max(${i}, y * 2, z);`,
).join('\n');

function tokenize(text) {
  const tokens = [];
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    const start = at;
    if (code <= 32) {
      at += 1;
    } else if (code >= 48 && code <= 57) {
      while (/[\d.]/.test(text[at])) at += 1;
      tokens.push({ type: 'number', text: text.slice(start, at), start });
    } else if ((code | 32) >= 97 && (code | 32) <= 122) {
      while (/\w/.test(text[at])) at += 1;
      tokens.push({ type: 'name', text: text.slice(start, at), start });
    } else {
      at += 1;
      tokens.push({ type: 'sign', text: text[start], start });
    }
  }
  return tokens;
}

class Parser {
  constructor(tokens) {
    this.tokens = tokens;
    this.at = 0;
  }
  take(text) {
    if (this.tokens[this.at]?.text !== text) return false;
    this.at += 1;
    return true;
  }
  program() {
    const statements = [];
    while (this.at < this.tokens.length) {
      this.take('let');
      const name = this.tokens[this.at++].text;
      this.take('=');
      statements.push({ type: 'let', name, value: this.binary(0) });
      this.take(';');
    }
    return statements;
  }
  binary(level) {
    if (level === 2) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = (level === 0 ? ['+', '-'] : ['*', '/']).find((sign) => this.take(sign));
      if (operator === undefined) return left;
      left = { type: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }
  unary() {
    if (this.take('-')) return { type: 'minus', operand: this.unary() };
    if (this.take('(')) {
      const inner = this.binary(0);
      this.take(')');
      return inner;
    }
    const { type, text } = this.tokens[this.at++];
    if (type === 'number') return { type, value: Number(text) };
    if (!this.take('(')) return { type, name: text };
    const args = [this.binary(0)];
    while (this.take(',')) args.push(this.binary(0));
    this.take(')');
    return { type: 'call', name: text, args };
  }
}

const scope = { x: 3, y: 4, z: 5 };
const operators = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};
function evaluate(node) {
  switch (node.type) {
    case 'number':
      return node.value;
    case 'name':
      return scope[node.name];
    case 'minus':
      return -evaluate(node.operand);
    case 'call':
      return Math[node.name](...node.args.map(evaluate));
    case 'let':
      scope[node.name] = evaluate(node.value);
      return scope[node.name];
    default:
      return operators[node.operator](evaluate(node.left), evaluate(node.right));
  }
}
new Parser(tokenize(source)).program().reduce((sum, statement) => sum + evaluate(statement), 0);
