import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const rules = [...readFileSync(join(root, 'core/SPEC.md'), 'utf8').matchAll(/^- \*\*([A-Z]\d+)\*\* \S/gm)].map(([, id]) => id!);

/** The names of all tests and groups in a file: first arguments of it, test and describe, in whatever form they are called. */
function namesIn(file: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const [name] = ts.isCallExpression(node) && /^(it|test|describe)\b/.test(node.expression.getText()) ? node.arguments : [];
    if (name && (ts.isStringLiteralLike(name) || ts.isTemplateExpression(name))) names.push(name.getText());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true));
  return names;
}

const cited = new Map<string, string>();
for (const file of readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.test.ts')) continue;
  for (const name of namesIn(join(root, 'test', file))) {
    for (const [, id] of name.matchAll(/\[([A-Z]\d+)\]/g)) cited.set(id!, `${file}: ${name}`);
  }
}

describe('the numbered rules', () => {
  it('[L6] are each named by a test', () => {
    expect(rules.length).toBeGreaterThan(40);
    expect(rules.filter((id) => !cited.has(id))).toEqual([]);
  });

  it('[L6] are the only ones that tests name', () => {
    expect([...cited].filter(([id]) => !rules.includes(id)).map(([, name]) => name)).toEqual([]);
  });

  it('[L6] have a number each', () => {
    expect(rules.filter((id, i) => rules.indexOf(id) !== i)).toEqual([]);
  });
});
