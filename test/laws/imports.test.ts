import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** What each room may import besides itself; the tests may import everything. */
const allowed: Record<string, readonly string[]> = {
  core: [], agents: ['core'], worlds: ['core'], viewer: ['core', 'agents', 'worlds'],
};

interface Import { file: string; to: string }

/** All modules that a source names: imports, re-exports, dynamic imports, types by `import()`, and workers by URL. */
function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true);
  const found: Import[] = [];
  const note = (node: ts.Node | undefined): void => {
    if (node && ts.isStringLiteralLike(node)) found.push({ file: relative(root, file), to: node.text });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) note(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) note(node.argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) note(node.arguments[0]);
    else if (ts.isNewExpression(node) && node.expression.getText() === 'URL' && node.arguments?.[1]?.getText() === 'import.meta.url' && /\.[mc]?[jt]s\W$/.test(node.arguments[0]!.getText())) note(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const known = new Map<string, Import[]>();

function importsIn(room: string): Import[] {
  const list = known.get(room) ?? readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[mc]?[jt]s$/.test(name))
    .flatMap((name) => importsOf(join(root, room, name)));
  known.set(room, list);
  return list;
}

/** The room that a relative import leads to. */
function roomOf({ file, to }: Import): string {
  return relative(root, resolve(root, dirname(file), to)).split(sep)[0]!;
}

const named = (list: readonly Import[]): string[] => list.map(({ file, to }) => `${file} imports ${to}`);

describe('imports', () => {
  it.each(Object.keys(allowed))('[L5] of %s lead inward', (room) => {
    const local = importsIn(room).filter(({ to }) => to.startsWith('.'));
    expect(local.length).toBeGreaterThan(3);
    expect(named(local.filter((each) => ![room, ...allowed[room]!].includes(roomOf(each))))).toEqual([]);
  });

  it('[L5] of the kernel stay in the kernel, but for zod', () => {
    const imports = importsIn('core').filter(({ file }) => file.startsWith(join('core', 'kernel')));
    expect(named(imports.filter(({ to }) => to !== 'zod' && !/^\.\/[\w-]+\.ts$/.test(to)))).toEqual([]);
  });

  it('[L5] of core and worlds run in a browser, but for the record: no module of Node, no package but rxjs, zod and immer', () => {
    const isRecord = (path: string): boolean => path.includes('recording/');
    const all = [...importsIn('core'), ...importsIn('worlds')].filter(({ file }) => !isRecord(file));
    expect(named(all.filter(({ to }) => isRecord(to)))).toEqual([]);
    const packages = all.filter(({ to }) => !to.startsWith('.'));
    expect(named(packages.filter(({ to }) => !['rxjs', 'zod', 'immer'].includes(to) && !to.startsWith('rxjs/')))).toEqual([]);
  });

  it('[L5] of the language of instincts need no package at all', () => {
    expect(named(importsIn('agents').filter(({ file, to }) => file.startsWith(join('agents', 'instincts')) && !to.startsWith('.') && to !== 'zod'))).toEqual([]);
  });

  it('[L5] are found in all their forms', () => {
    const forms = importsOf(join(root, 'test/laws/imports.test.ts')).map(({ to }) => to);
    expect(forms).toEqual(['node:fs', 'node:path', 'typescript', 'vitest']);
  });
});
