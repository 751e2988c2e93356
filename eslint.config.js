import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const connectionRules = [
  {
    selector: 'Property[key.name="hostHash"]',
    message: 'With hostHash the verifier sees a hash, not the key: known_hosts cannot be checked against it.',
  },
  {
    selector: 'Property[key.name="hostVerifier"] > :function[async=true]',
    message: 'ssh2 takes the promise of an async hostVerifier for a yes. Return a boolean.',
  },
  {
    selector: 'Property[key.name="hostVerifier"] > :function[params.length>1]',
    message: 'hostVerifier answers by returning a boolean, not by a callback.',
  },
];

const exportRules = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name: one thing has one name everywhere.' },
  { selector: 'ExportAllDeclaration', message: 'Import a thing from the file that defines it, not from a barrel.' },
];

const limitRules = [
  {
    selector: 'CallExpression[callee.object.name="AbortSignal"][callee.property.name="timeout"]',
    message: 'Behind AbortSignal.any() it is garbage and never fires: set a timer that holds an AbortController.',
  },
];

const stateRules = [
  {
    selector:
      'Program > VariableDeclaration[kind=let], Program > ExportNamedDeclaration > VariableDeclaration[kind=let]',
    message: 'All workflows of a worker share this module: keep the state of a run in its objects.',
  },
  {
    selector:
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator[init.callee.name=/Map$/]',
    message: 'All workflows of a worker share this module: keep the state of a run in its objects.',
  },
];

const styleRules = [
  {
    selector: ':matches(PropertyDefinition, MethodDefinition, TSParameterProperty)[accessibility="private"]',
    message: 'Write #name: it is private at run time, too, and there is one way to say so.',
  },
  {
    selector:
      ':matches(Program, ExportNamedDeclaration) > VariableDeclaration[kind=const] > ' +
      'VariableDeclarator[id.name=/^[a-z]/]:matches([init.type=Literal], [init.type=BinaryExpression], ' +
      '[init.type=TemplateLiteral], [init.type=UnaryExpression])',
    message: 'A number, text or pattern that a module fixes is written UPPER_CASE: it is seen to be no variable.',
  },
];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'test/fixtures/', 'test/histories/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      // One import for each module; `import type` if it is only for types.
      'no-duplicate-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      'no-restricted-syntax': ['error', ...connectionRules],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      // A file answers one question, and a function fits a screen: both are read whole, or not at all.
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...connectionRules, ...exportRules, ...limitRules, ...styleRules],
    },
  },
  {
    files: ['src/{domain,reports,workflows}/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...connectionRules,
        ...exportRules,
        ...limitRules,
        ...styleRules,
        ...stateRules,
      ],
    },
  },
  {
    files: ['src/{domain,benchmarks,reports,workflows}/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^node:', message: 'This folder does no I/O.' }] }],
    },
  },
  {
    // Fakes implement asynchronous ports without awaiting, matchers are typed `any`.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.recommended],
    rules: { eqeqeq: 'error' },
  }
);
