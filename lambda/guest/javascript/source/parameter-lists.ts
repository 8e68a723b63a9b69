/** Lists of parameters in a source that is not parsed. */

import { closingBracket } from './brackets.ts';

/** A bracket with an assignment right within it: a list of parameters with a default, perhaps. */
const assignment = /\((?!\?)(?=[^();]*?[^=!<>();]=(?![=>]))/g;
/** Other brackets before a block. */
const keyword = /\b(?:for|if|while|switch|catch|with|await)\s*$/;
const closure = /=>|\bfunction\b|\bclass\b|\)\s*\{/;
const startOfBody = /\s*(?:=>|\{|\/[/*])/y;
const parameter = /[(,{[:.]\s*([\p{ID_Start}$_\\][\p{ID_Continue}$\\]*)/gu;

/** What may be read of a source again, for brackets within brackets. */
const MAX_READS = 4;
/** Of an arrow function's expression, whose end is unknown. */
const MAX_EXPRESSION = 4096;

/** Whether a closure in the default of a parameter may share a variable with other code that assigns to it. */
export function closuresInParameters(source: string): boolean {
  let read = 0;
  assignment.lastIndex = 0;
  while (assignment.test(source)) {
    const index = assignment.lastIndex - 1;
    if (keyword.test(source.slice(Math.max(0, index - 10), index))) continue;
    const close = closingBracket(source, index);
    if (close === null) continue;
    read += close - index;
    if (read > MAX_READS * source.length) return true;
    startOfBody.lastIndex = close + 1;
    if (!startOfBody.test(source)) continue;
    const list = source.slice(index, close);
    if (!closure.test(list)) continue;
    const bodyStart = startOfBody.lastIndex - 1;
    const bodyEnd = source[bodyStart] === '{' ? closingBracket(source, bodyStart) : null;
    const body = source.slice(bodyStart, bodyEnd ?? bodyStart + MAX_EXPRESSION);
    if (sharesVariable(list, body)) return true;
  }
  return false;
}

function sharesVariable(list: string, body: string): boolean {
  const text = `${list} ${body}`;
  for (const [, name = ''] of list.matchAll(parameter)) {
    const word = String.raw`(?<![\p{ID_Continue}$.])${name.replace(/[$\\]/g, '\\$&')}(?![\p{ID_Continue}$])`;
    if ((list.match(new RegExp(word, 'gu'))?.length ?? 0) < 2) continue;
    const change = String.raw`${word}\s*(?:(?:[^\s\w=!<>]{0,3}|<<|>>>?)=(?![=>])|\+\+|--)|(?:\+\+|--|\bfor\s*(?:await\s*)?\()\s*${word}|[\]}]\s*(?:=(?!=)|of\b|in\b)`;
    if (new RegExp(change, 'u').test(text)) return true;
  }
  return false;
}
