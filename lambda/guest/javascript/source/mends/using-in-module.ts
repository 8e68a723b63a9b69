import type { AnyNode, Program, VariableDeclaration } from 'acorn';
import { GAP, type MendContext } from '../mend.ts';
import { declareIn, isUsing, scopeFor } from '../using-scope.ts';
import { namesIn } from './export-pattern.ts';

/**
 * At the top of a module, what is exported is declared outside of the `try`, as `var`, and assigned
 * within: imports and exports stand nowhere else. Functions are exported under names of their own.
 */
export function usingInModule({ body }: Program, context: MendContext): void {
  const declarations = body.filter(isUsing);
  if (declarations.length === 0) return;
  const { source, edits, newName } = context;
  const [first] = body;
  if (first === undefined) return;

  /** What is exported: the local name, by the name that it is exported under. */
  const exported = new Map<string, string>();
  for (const node of body) {
    if (node.type !== 'ExportNamedDeclaration' || node.source) continue;
    for (const name of declaredNames(node.declaration ?? null)) exported.set(name, name);
    for (const { local, exported: name } of node.specifiers) {
      const text = (part: typeof name): string =>
        part.type === 'Identifier' ? part.name : (part.raw ?? '');
      exported.set(text(name), text(local));
    }
  }
  const locals = new Set(exported.values());
  const variables = new Set<string>();
  /** Names that functions are exported under. */
  const aliases = new Map<string, string>();
  const isExported = (node: VariableDeclaration): boolean =>
    node.declarations.some(({ id }) => namesIn(id).some((name) => locals.has(name)));

  const scope = scopeFor(declarations, context);
  // Behind the last statement, which may be moved from there.
  edits.append(scope.tail);
  declareIn(scope, declarations, context, (node) => {
    if (!isExported(node)) return 'const ';
    for (const name of declaredNames(node)) variables.add(name);
    return '';
  });
  const moved: AnyNode[] = [];
  for (const node of body) {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        move(node);
        break;
      case 'ExportNamedDeclaration':
        if (node.source) move(node);
        else if (node.declaration) {
          edits.replace({ start: node.start, end: node.declaration.start }, '');
          declare(node.declaration);
        } else edits.replace(node, '');
        break;
      case 'ExportDefaultDeclaration':
        exportDefault(node);
        break;
      default:
        if (!isUsing(node)) declare(node);
    }
  }
  const assigned = [...aliases].filter(([name]) => name !== 'default');
  edits.before(
    first.start,
    ...moved.flatMap(({ start, end }) => [{ start, end, isMoved: true }, ';']),
    variables.size + aliases.size === 0
      ? ''
      : `var ${[...variables, ...aliases.values()].join(',')};`,
    scope.head,
    ...assigned.map(([name, alias]) => `${alias}=${name};`),
  );
  for (const [name, local] of exported) {
    edits.append(`export{${aliases.get(local) ?? local} as ${name}};`);
  }

  function move(node: AnyNode): void {
    moved.push(node);
    edits.replace(node, '');
  }

  function declare(node: AnyNode): void {
    if (node.type === 'FunctionDeclaration') {
      if (node.id && locals.has(node.id.name)) aliases.set(node.id.name, newName());
    } else if (node.type === 'ClassDeclaration') {
      if (node.id && locals.has(node.id.name)) assignClass(node.id.name, node);
    } else if (node.type === 'VariableDeclaration' && isExported(node)) assignVariables(node);
  }

  function assignClass(name: string, node: AnyNode): void {
    variables.add(name);
    edits.before(node.start, `${name}=`);
    edits.after(node.end, ';');
  }

  function assignVariables(node: VariableDeclaration): void {
    const [start] = node.declarations;
    edits.replace({ start: node.start, end: start?.start ?? node.end }, '');
    for (const name of declaredNames(node)) variables.add(name);
    for (const { id, start: from, end } of node.declarations) {
      if (id.type === 'Identifier') continue;
      edits.before(from, '(');
      edits.after(end, ')');
    }
  }

  function exportDefault(node: Extract<AnyNode, { type: 'ExportDefaultDeclaration' }>): void {
    const value = node.declaration;
    const isDeclaration = value.type === 'FunctionDeclaration' || value.type === 'ClassDeclaration';
    const alias = newName();
    aliases.set('default', alias);
    exported.set('default', 'default');
    const keyword = new RegExp(`^export${GAP}+default`).exec(source.slice(node.start, value.start));
    const start = node.start + (keyword?.[0].length ?? 0);
    const end = source[node.end - 1] === ';' ? node.end - 1 : node.end;
    if (isDeclaration && value.id) {
      edits.replace({ start: node.start, end: start }, '');
      edits.after(end, `;${alias}=${value.id.name};`);
      declare(value);
    } else {
      edits.replace({ start: node.start, end: start }, `${alias}={default:`);
      edits.after(end, '}.default;');
    }
  }
}

function declaredNames(node: AnyNode | null): string[] {
  if (node === null) return [];
  if (node.type === 'VariableDeclaration')
    return node.declarations.flatMap(({ id }) => namesIn(id));
  const isNamed = node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration';
  return isNamed && node.id ? [node.id.name] : [];
}
