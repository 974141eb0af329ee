import js from '@eslint/js';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';
import { labelsInCode, labelsInTemplates, retiredNames } from './eslint-retired-words.mjs';

export default tseslint.config(
  {
    ignores: [
      'dist',
      'node_modules',
      'data',
      'plugins',
      'artifacts',
      'coverage',
      'web/dist',
      'bench/**/node_modules',
      'libs/client/src/schema.ts',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{ts,mjs,vue}'],
    ignores: ['eslint-retired-words.mjs'],
    rules: { 'id-denylist': ['error', ...retiredNames], 'no-restricted-syntax': ['error', ...labelsInCode] },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Nest's modules are empty classes that carry a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Typed-array loops read elements that bounds already guarantee; `!` says so without a branch.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Abstract classes serve as injection tokens for plain values.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['web/**/*.ts'],
    languageOptions: { parserOptions: { project: './web/tsconfig.json' } },
  },
  // Templates: what is wrong or unclear in them. Their layout is Prettier's, their types are vue-tsc's.
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files: ['web/**/*.vue'] })),
  {
    files: ['web/**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      ...Object.fromEntries(
        [
          'html-closing-bracket-newline',
          'html-indent',
          'html-self-closing',
          'max-attributes-per-line',
          'multiline-html-element-content-newline',
          'singleline-html-element-content-newline',
        ].map((name) => [`vue/${name}`, 'off']),
      ),
      // The names of the page's components are their files' names, some of one word.
      'vue/multi-word-component-names': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/no-ref-as-operand': 'error',
      'vue/no-unused-refs': 'error',
      'vue/no-useless-v-bind': 'error',
      'vue/prefer-true-attribute-shorthand': 'error',
      'vue/require-explicit-emits': 'error',
      'vue/no-undef-components': 'error',
      'vue/no-v-html': 'error',
      'vue/no-restricted-syntax': ['error', ...labelsInTemplates],
      'no-undef': 'off',
      'no-unused-vars': 'off',
    },
  },
  { files: ['src/cli/**/*.ts', 'tools/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts', 'tools/**/*.ts', 'web/test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'URL',
          'Buffer',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'fetch',
          'performance',
          'AbortSignal',
          'TextDecoder',
          'structuredClone',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
