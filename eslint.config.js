import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const repeatable = ['core/**/*.ts', 'worlds/**/*.ts', 'agents/instincts/**/*.ts'];
const exact = ['core/kernel/**/*.ts', 'worlds/**/*.ts', 'agents/instincts/**/*.ts'];

/** Import direction (law 5): what a room may not reach for. */
function closedTo(files, rooms, because) {
  return {
    files,
    rules: {
      'no-restricted-imports': ['error', {
        patterns: [{ regex: `(^|/)(${rooms.join('|')})/`, message: `${because} (law L5 in core/SPEC.md).` }],
      }],
    },
  };
}

const textIsData = [
  {
    selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|srcdoc)$/]',
    message: 'Text is never HTML (law L2): use textContent, or create elements.',
  },
  {
    selector: 'CallExpression[callee.object.name="document"][callee.property.name=/^write(ln)?$/]',
    message: 'Text is never HTML (law L2): use textContent, or create elements.',
  },
];
const named = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name, so that a thing is called the same everywhere.' },
  { selector: 'ExportAllDeclaration', message: 'List what is exported by name; `export *` hides what a module offers.' },
];
const locale = [
  {
    selector: 'MemberExpression[property.name=/^(localeCompare|toLocale\\w+)$/]',
    message: 'A locale differs from machine to machine (law L1): compare code units, print with String().',
  },
];
const exactArithmetic = [
  {
    selector: 'MemberExpression[object.name="Math"][property.name!=/^(abs|ceil|floor|trunc|round|min|max|sign|sqrt|fround|imul|clz32|random)$/]',
    message: 'Engines differ in its last bit (law L1): use + - * /, Math.sqrt, or a table such as core/kernel/compass.ts.',
  },
  { selector: 'VariableDeclarator[init.name="Math"]', message: 'Write Math.name in full, so that the linter sees which functions are used.' },
  { selector: ':matches(BinaryExpression[operator="**"], AssignmentExpression[operator="**="])', message: 'Engines differ in its last bit (law L1): multiply.' },
];

/** The record is kept in files, on Node alone. */
const onNode = ['core/recording/**/*.ts'];

export default defineConfig(
  { ignores: ['dist/', '.tsbuild/', 'runs/', 'node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['vite.config.ts'] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // with noUncheckedIndexedAccess, `!` after an index that a loop has bounded is the honest form
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-script-url': 'error',
      'eqeqeq': 'error',
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      'no-constant-condition': ['error', { checkLoops: false }],
      'no-fallthrough': 'error',
      'no-self-compare': 'error',
      'no-unsafe-finally': 'error',
      'array-callback-return': 'error',
      'no-restricted-syntax': ['error', ...textIsData, ...named],
      'no-restricted-properties': ['error', {
        object: 'Math', property: 'random', message: 'Nothing is left to chance that no seed decides (law L1): use RandomStream or uniform of core/kernel/random.ts.',
      }],
    },
  },
  closedTo(['core/**/*.ts'], ['agents', 'worlds', 'viewer', 'test'], 'The core imports no other room: worlds and genomes are handed to it'),
  closedTo(['agents/**/*.ts'], ['worlds', 'viewer', 'test'], 'Agents know no particular world and no pixels'),
  closedTo(['worlds/**/*.ts'], ['agents', 'viewer', 'test'], 'A world does not know who writes its genomes or who draws it'),
  closedTo(['viewer/**/*.ts'], ['test'], 'What people run does not lean on tests'),
  {
    files: ['core/kernel/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', {
        patterns: [{ regex: '^(?!\\./|zod$)', message: 'The kernel stands on itself and zod alone (law L5): hand it what it needs.' }],
      }],
    },
  },
  {
    files: repeatable,
    rules: {
      'no-restricted-syntax': ['error', ...textIsData, ...named, ...locale],
      'no-restricted-globals': ['error',
        { name: 'Date', message: 'A run knows no clock (law L1): use the tick.' },
        { name: 'performance', message: 'A run knows no clock (law L1): measure from viewer or test/bench.' },
        { name: 'setTimeout', message: 'A run knows no clock (law L1): whatever comes late comes as a command.' },
        { name: 'setInterval', message: 'A run knows no clock (law L1): the caller decides when to step.' },
        { name: 'setImmediate', message: 'A run knows no clock (law L1): the caller decides when to step.' },
        { name: 'crypto', message: 'Nothing is left to chance that no seed decides (law L1): use core/kernel/random.ts.' },
        { name: 'process', message: 'The same code runs in a browser worker: take what is needed as an option.' },
        { name: 'Intl', message: 'A locale differs from machine to machine (law L1).' },
      ],
    },
  },
  { files: onNode, rules: { 'no-restricted-globals': 'off' } },
  { files: exact, rules: { 'no-restricted-syntax': ['error', ...textIsData, ...named, ...locale, ...exactArithmetic] } },
  { files: ['**/*.config.ts', '**/*.config.js'], rules: { 'no-restricted-syntax': ['error', ...textIsData] } },
);
