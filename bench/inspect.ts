/**
 * `sluice inspect < access.log > /dev/null`: every line parsed, enriched and printed as JSON. `node bench/inspect.ts [--lines N] [--samples N]`.
 */
import { parseArgs } from 'node:util';

import { benchmarkLog } from './benchmark-log.ts';
import { enrichmentCases, settingsOf } from './enrichment-cases.ts';
import { commonOptions, reportSample, runBenchmark } from './harness.ts';
import { inWorkFolder, measureProcess, sluice } from './measure-process.ts';

const { values } = parseArgs({ options: { ...commonOptions, lines: { type: 'string', default: '1000000' } } });
const lines = Number(values.lines);

if (values.case === undefined) {
  benchmarkLog(lines);
  runBenchmark({ name: 'inspect', script: import.meta.filename, cases: enrichmentCases, values, args: ['--lines', String(lines)], allCores: true });
} else {
  await sample(values.case);
}

async function sample(name: string): Promise<void> {
  const stdin = benchmarkLog(lines);
  const set = settingsOf(name).flatMap((setting) => ['--set', setting]);
  await inWorkFolder(async (folder) => {
    const measured = await measureProcess({ args: [...sluice, 'inspect', ...set], folder, stdin, keepOutput: false });
    const { wallSeconds, cpuSeconds, maxRssBytes } = measured;
    reportSample({ wallSeconds, cpuSeconds, maxRssBytes, figures: { lines } });
  });
}
