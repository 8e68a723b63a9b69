/** Lists of exports and the names in them. */

import type { AnyNode, ExportSpecifier, Identifier, Literal, Program } from 'acorn';
import { lexed } from '../lexed.ts';
import { GAP, type Mend, type MendContext } from '../mend.ts';
import { isUsingModule } from '../using-scope.ts';

const textName = new RegExp(
  String.raw`\bexport${GAP}*(?:\*${GAP}*as${GAP}*['"]|\{[^}]*['"][^}]*\}${GAP}*from\b)`,
);

/** QuickJS has no names that are texts for what is exported from elsewhere: it is imported first. */
export const exportedTexts: Mend = {
  mayApply: (source, kind) => kind === 'module' && textName.test(source),
  visit(node, { source, edits, newName }) {
    if (node.type === 'ExportAllDeclaration' && node.exported?.type === 'Literal') {
      const name = newName();
      edits.replace({ start: node.start, end: node.exported.end }, `import * as ${name}`);
      edits.append(`export{${name} as ${node.exported.raw}};`);
    }
    if (node.type !== 'ExportNamedDeclaration' || !node.source) return;
    const texts = node.specifiers.filter(({ local }) => local.type === 'Literal');
    if (texts.length === 0) return;
    keepSpecifiers(node, without(node.specifiers, texts), { source, edits });
    const from = source.slice(node.source.start, node.end);
    for (const { local, exported } of texts) {
      const name = newName();
      edits.append(`import{${textOf(local)} as ${name}}from ${from};`);
      edits.append(`export{${name} as ${textOf(exported)}};`);
    }
  },
};

/**
 * What is imported and exported again is the same binding on every way that it takes. QuickJS takes
 * it for a binding of each module, unless it is exported right from where it comes from.
 */
export const exportedImports: Mend = {
  mayApply: (source, kind) => kind === 'module' && exportsImport(source),
  visit(node, { source, edits, parents }) {
    if (node.type !== 'ExportNamedDeclaration' || node.source) return;
    const [program] = parents;
    if (program?.type !== 'Program' || isUsingModule(program)) return;
    const imports = importsOf(program, source);
    const again = node.specifiers.filter(({ local }) => imports.has(textOf(local)));
    if (again.length === 0) return;
    keepSpecifiers(node, without(node.specifiers, again), { source, edits });
    for (const { local, exported } of again) {
      const { name, from } = imports.get(textOf(local)) ?? { name: '', from: '' };
      edits.append(`export{${name} as ${textOf(exported)}}from ${from};`);
    }
  },
};

/** Whether a name of a list of exports occurs in an import. */
function exportsImport(source: string): boolean {
  if (!source.includes('import') || !source.includes('export')) return false;
  const exported = new Set<string>();
  for (const [, list = ''] of source.matchAll(exportList)) {
    for (const [name] of list.matchAll(names)) exported.add(name);
  }
  if (exported.size === 0) return false;
  const isExported = (text: string): boolean => {
    for (const [name] of text.matchAll(names)) if (exported.has(name)) return true;
    return false;
  };
  for (const [, clause = ''] of source.matchAll(importClause)) {
    // It may stand in a text: a lexer is a hundred times as fast as a parser.
    if (isExported(clause)) return importsOfLexed(source)?.some(isExported) ?? true;
  }
  return false;
}

/** @returns `null` where the lexer does not understand the source */
function importsOfLexed(source: string): string[] | null {
  try {
    return lexed(source)[0].flatMap((entry) =>
      entry.type === 'static' ? [source.slice(entry.importStart, entry.importEnd)] : [],
    );
  } catch {
    return null;
  }
}

const exportList = new RegExp(String.raw`\bexport${GAP}*\{([^}]*)\}(?!${GAP}*from\b)`, 'g');
const importClause = /\bimport\b(?=[\s{*/\w$])([^;()=]*?)\bfrom\s*['"/]/g;
const names = /[\p{ID_Continue}$\\]+/gu;

interface Import {
  /** In the module that it comes from. */
  readonly name: string;
  /** That module, and the attributes that it is imported with. */
  readonly from: string;
}

/** What a module imports, by its name there; namespaces are none of it. */
function importsOf(program: Program, source: string): Map<string, Import> {
  const known = importsOfPrograms.get(program);
  if (known !== undefined) return known;
  const imports = new Map<string, Import>();
  for (const node of program.body) {
    if (node.type !== 'ImportDeclaration') continue;
    const from = source.slice(node.source.start, node.end).replace(/;$/, '');
    for (const specifier of node.specifiers) {
      if (specifier.type === 'ImportNamespaceSpecifier') continue;
      const name = specifier.type === 'ImportSpecifier' ? textOf(specifier.imported) : 'default';
      // QuickJS cannot export a text from elsewhere.
      if (/^['"]/.test(name)) continue;
      imports.set(specifier.local.name, { name, from });
    }
  }
  importsOfPrograms.set(program, imports);
  return imports;
}

const importsOfPrograms = new WeakMap<Program, Map<string, Import>>();

function keepSpecifiers(
  node: AnyNode & { readonly specifiers: readonly ExportSpecifier[] },
  kept: readonly ExportSpecifier[],
  { source, edits }: Pick<MendContext, 'source' | 'edits'>,
): void {
  const [first] = node.specifiers;
  const last = node.specifiers.at(-1);
  if (first === undefined || last === undefined) return;
  const [comma = ''] = new RegExp(`^${GAP}*,`).exec(source.slice(last.end)) ?? [];
  const text = kept.map(({ start, end }) => source.slice(start, end)).join(',');
  edits.replace({ start: first.start, end: last.end + comma.length }, text);
}

function without<Item>(items: readonly Item[], others: readonly Item[]): Item[] {
  return items.filter((item) => !others.includes(item));
}

function textOf(name: Identifier | Literal): string {
  return name.type === 'Identifier' ? name.name : (name.raw ?? '');
}
