/**
 * Fails when a project has tests that no target of it runs: `nx run-many` passes over a project without the target in silence.
 */
import { globSync, readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
const suites = [
  { target: 'integration', pattern: '{apps,libs}/*/src/**/*.integration.test.ts' },
  { target: 'test', pattern: '{apps,libs}/*/src/**/!(*.integration).test.ts' },
  { target: 'test', pattern: 'tools/*.test.ts' },
  { target: 'e2e', pattern: 'e2e/**/*.test.ts' },
];

for (const { target, pattern } of suites) {
  for (const file of globSync(pattern, { cwd: root, exclude: ['**/node_modules'] })) {
    const project = /^(apps|libs)\//.test(file) ? file.split('/').slice(0, 2).join('/') : file.split('/', 1)[0];
    const { nx } = JSON.parse(readFileSync(`${root}${project}/package.json`, 'utf8')) as { nx?: { targets?: Record<string, unknown> } };
    if (Object.hasOwn(nx?.targets ?? {}, target)) continue;
    process.stderr.write(`${file} is never run: ${project}/package.json has no nx target "${target}"\n`);
    process.exitCode = 1;
  }
}
