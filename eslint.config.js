import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import security from 'eslint-plugin-security';
import tseslint from 'typescript-eslint';

/** What a project of each type may import; `docs/architecture.md` has the picture. */
const allowed = {
  kernel: ['kernel'],
  domain: ['kernel', 'domain'],
  feature: ['kernel', 'domain'],
  adapter: ['kernel'],
  composition: ['kernel', 'domain', 'feature', 'adapter'],
  app: ['kernel', 'domain', 'feature', 'adapter', 'composition'],
  testing: ['kernel', 'domain'],
  e2e: ['kernel', 'domain', 'feature', 'adapter', 'composition', 'testing'],
};

const boundaries = (extra) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow: [],
    depConstraints: Object.entries(allowed).map(([type, targets]) => ({
      sourceTag: `type:${type}`,
      onlyDependOnLibsWithTags: [...targets, ...extra].map((target) => `type:${target}`),
    })),
  },
];

export default tseslint.config(
  { ignores: ['**/node_modules', '**/dist', '**/.nx', '**/data', '**/coverage'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  security.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A loop that waits for its condition, and tables indexed by number, are ordinary here.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Index access and file names from variables are what a log tool does; both rules flag every line of it.
      'security/detect-object-injection': 'off',
      'security/detect-non-literal-fs-filename': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only main.ts ends the process.' },
        { object: 'process', property: 'env', message: 'Only main.ts reads the environment; take it as an argument.' },
      ],
      'no-restricted-imports': ['error', { paths: [{ name: 'node:readline', message: 'Splits on U+2028 and lone CR and loses byte offsets.' }] }],
    },
  },
  { files: ['**/main.ts', 'tools/**', 'bench/**', 'e2e/**'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['**/*.test.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(['testing']),
      'no-restricted-properties': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['test', 'it', 'describe', 'suite'], package: 'node:test' }] },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'security/detect-child-process': 'off',
    },
  },
  // Proved linear one by one in `linear.integration.test.ts`; this rule counts repeats, bounded ones too.
  { files: ['libs/security/src/**/*.ts'], rules: { 'security/detect-unsafe-regex': 'off', 'security/detect-non-literal-regexp': 'off' } },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
