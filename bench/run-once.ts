/**
 * One `sluice --file` under measurement, with what it says about itself checked: a run that lost lines has no speed.
 */
import { statSync } from 'node:fs';
import path from 'node:path';

import { measureProcess, sluice } from './measure-process.ts';

import type { MeasuredProcess } from './measure-process.ts';

export interface MeasuredRun extends MeasuredProcess {
  readonly lines: number;
  readonly stored: number;
  readonly duplicates: number;
  /** Without start, end and report of the process. */
  readonly runSeconds: number;
  readonly distinctAddresses: number;
  readonly databaseBytes: number;
}

interface RunOutput {
  readonly run: {
    readonly lines: number;
    readonly stored: number;
    readonly duplicates: number;
    readonly dead_letters: Record<string, number>;
    readonly seconds: number;
  };
  readonly report: { readonly totals: { readonly distinct_addresses: number } };
}

/** `key=value` settings of the parts that a run can leave out. */
export const withoutPlaces = 'security.enable_geo_enrichment=false';
export const withoutThreats = 'security.enable_threat_detection=false';
export const withoutBots = 'security.enable_bot_detection=false';

/** Reads `file` into the state folder under `folder`. Errors: throws when not each of `lines` lines was stored, now or before. */
export async function runOnce(folder: string, file: string, lines: number, settings: readonly string[] = []): Promise<MeasuredRun> {
  const state = path.join(folder, 'state');
  const set = [`state.directory=${state}`, ...settings].flatMap((setting) => ['--set', setting]);
  const measured = await measureProcess({ args: [...sluice, '--file', file, '--json', ...set], folder });
  const { run, report } = JSON.parse(measured.stdout) as RunOutput;
  if (run.lines !== lines || run.stored + run.duplicates !== lines) throw new Error(`of ${lines} lines: ${JSON.stringify(run)}`);
  return {
    ...measured,
    lines,
    stored: run.stored,
    duplicates: run.duplicates,
    runSeconds: run.seconds,
    distinctAddresses: report.totals.distinct_addresses,
    databaseBytes: statSync(path.join(state, 'sluice.duckdb')).size,
  };
}
