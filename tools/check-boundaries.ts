/**
 * Proves that the boundary rules are in force: lints planted violations and fails unless each one is reported.
 * (Without a project graph the Nx rule is skipped in silence; this is what would notice.)
 */
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

interface Planted {
  file: string;
  code: string;
  rule: string;
}

const boundary = '@nx/enforce-module-boundaries';

const planted: Planted[] = [
  { file: 'libs/event/src/planted.ts', code: `import '@sluice/parser';`, rule: boundary }, // kernel -> domain
  { file: 'libs/parser/src/planted.ts', code: `import '@sluice/duckdb';`, rule: boundary }, // domain -> adapter
  { file: 'libs/ingestion/src/planted.ts', code: `import '@sluice/indexing';`, rule: boundary }, // one half -> the other
  { file: 'libs/indexing/src/planted.ts', code: `import '@sluice/duckdb';`, rule: boundary }, // feature -> adapter
  { file: 'libs/duckdb/src/planted.ts', code: `import '@sluice/telemetry';`, rule: boundary }, // adapter -> adapter
  { file: 'libs/pipeline/src/planted.ts', code: `import '@sluice/testing';`, rule: boundary }, // product -> testing
  { file: 'libs/security/src/planted.ts', code: `export const home = process.env.HOME;`, rule: 'no-restricted-properties' },
  { file: 'libs/ingestion/src/planted.ts', code: `import { createInterface } from 'node:readline'; createInterface;`, rule: 'no-restricted-imports' },
];

/** Planted files do not exist on disk, so rules that need types are left out. */
const eslint = new ESLint({ overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }] as never });

let missed = 0;
for (const { file, code, rule } of planted) {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: file });
  const reported = result?.messages.some((message) => message.ruleId === rule) ?? false;
  if (!reported) missed++;
  process.stdout.write(`${reported ? 'reported' : 'NOT REPORTED'}: ${rule} in ${file}: ${code}\n`);
}
if (missed > 0) {
  process.stderr.write(`${missed} planted violations were not reported: the rules are not in force.\n`);
  process.exitCode = 1;
}
