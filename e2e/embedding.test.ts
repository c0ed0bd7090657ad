/**
 * The pipeline inside another program.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { createLogGenerator, runProcess } from '@sluice/testing';

import { objectAt, parseObject } from './support/json-text.ts';
import { writeDaemonConfig } from './support/daemon.ts';
import { createSandbox } from './support/sandbox.ts';

const examplePath = join(import.meta.dirname, 'support/embedding-example.ts');

test('a program processes a file twice, follows, asks and stops; it ends by itself and prints nothing of ours', async (t) => {
  const sandbox = await createSandbox(t);
  const log = sandbox.write('access.log', createLogGenerator({ seed: 901, distinctAddresses: 200, distinctPaths: 100 }).buffer(500));
  const config = writeDaemonConfig(sandbox, { paths: [log], monitoring: { metrics_port: 0 } });
  const { exitCode, stdout, stderr } = await runProcess([examplePath, config, log], { cwd: sandbox.folder, timeoutMs: 30_000 });
  assert.equal(exitCode, 0, stderr);
  assert.equal(stderr, '');
  const printed = parseObject(stdout);
  assert.deepEqual([objectAt(printed, 'first')['stored'], objectAt(printed, 'first')['duplicates']], [500, 0]);
  assert.deepEqual([objectAt(printed, 'again')['stored'], objectAt(printed, 'again')['duplicates']], [0, 500]);
  assert.equal(printed['events'], 500);
});

test('a wrong configuration throws at once, with a code to switch on', async (t) => {
  const sandbox = await createSandbox(t);
  const program = `import { LogPipeline } from '@sluice/pipeline';
    try { new LogPipeline(process.argv[1]); } catch (error) { console.log(error.code); }`;
  const run = (path: string) => runProcess(['--input-type=module', '-e', program, path], { cwd: import.meta.dirname });
  assert.equal((await run(sandbox.path('nowhere.yml'))).stdout, 'CONFIG_NOT_FOUND\n');
  assert.equal((await run(sandbox.write('bad.yml', 'nonsense: 1\n'))).stdout, 'CONFIG_INVALID\n');
});
