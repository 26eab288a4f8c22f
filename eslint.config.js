import tseslint from 'typescript-eslint';

/** Rules that need types. A promise nobody waits for is a payment nobody finishes. */
const typeChecked = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false } }],
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

export default tseslint.config(
  { ignores: ['**/dist/', '**/data/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    rules: { eqeqeq: ['error', 'always', { null: 'ignore' }], 'no-var': 'error', 'prefer-const': 'error' },
  },
  {
    files: ['**/*.js'],
    rules: { 'no-unused-vars': 'error' },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // `list[index]!` inside its bounds, a deleted key, the one element that streams: each is clearer than its detour.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-this-alias': 'off',
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true }],
      // Takes `Promise.withResolvers<void>()` for a mistake.
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: ['server/**/*.ts', 'test/server/**/*.ts', 'test/simulators/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: typeChecked,
  },
  {
    // Half of it runs in a browser.
    files: ['test/simulators/stripe-js/**/*.ts'],
    languageOptions: { parserOptions: { project: './test/e2e/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
  },
  {
    files: ['server/**/*.ts'],
    ignores: ['server/cli.ts', 'server/cli/**', 'server/main.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['widget/src/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: [{ name: 'zod', message: 'Use zod/mini in the browser: the whole of zod is larger than the widget.' }] }],
    },
  },
);
