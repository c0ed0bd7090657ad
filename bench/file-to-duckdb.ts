/**
 * A log file into the embedded database by the real command: everything on, parts left out, and the same file again.
 * `node bench/file-to-duckdb.ts [--lines N] [--samples N]`.
 */
import { parseArgs } from 'node:util';

import { benchmarkLog } from './benchmark-log.ts';
import { enrichmentCases, settingsOf } from './enrichment-cases.ts';
import { commonOptions, reportSample, runBenchmark } from './harness.ts';
import { inWorkFolder } from './measure-process.ts';
import { runOnce } from './run-once.ts';

const { values } = parseArgs({ options: { ...commonOptions, lines: { type: 'string', default: '1000000' } } });
const lines = Number(values.lines);

const cases = [...enrichmentCases, { name: 'again', title: 'everything on, the same file again' }];

if (values.case === undefined) {
  benchmarkLog(lines);
  runBenchmark({ name: 'file-to-duckdb', script: import.meta.filename, cases, values, args: ['--lines', String(lines)], allCores: true });
} else {
  await sample(values.case);
}

async function sample(name: string): Promise<void> {
  const file = benchmarkLog(lines);
  await inWorkFolder(async (folder) => {
    if (name === 'again') await runOnce(folder, file, lines);
    const run = await runOnce(folder, file, lines, settingsOf(name));
    const { wallSeconds, cpuSeconds, maxRssBytes, stored, duplicates, runSeconds, databaseBytes, threads } = run;
    if (duplicates !== (name === 'again' ? lines : 0)) throw new Error(`${name}: ${duplicates} of ${lines} lines were stored before`);
    const figures = { lines, stored, duplicates, runSeconds, databaseBytes };
    reportSample({ wallSeconds, cpuSeconds, maxRssBytes, figures, threads });
  });
}
