/**
 * Writes `examples/access.log`; with `--check` it only compares and fails when the committed file is another one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildExampleLog } from '@sluice/testing';

const path = join(import.meta.dirname, '../examples/access.log');
const log = buildExampleLog();
if (!process.argv.includes('--check')) {
  writeFileSync(path, log);
  process.stderr.write(`wrote ${path}: ${log.length} bytes\n`);
} else if (!log.equals(readFileSync(path))) {
  process.stderr.write(`${path} is not what tools/generate-example.ts writes: run it and commit the result\n`);
  process.exitCode = 1;
}
