/**
 * Progress of a long read on standard error: a bar that redraws itself on a terminal, a plain line now and then elsewhere.
 */
import { basename } from 'node:path';

import { terminalText } from '@sluice/reporting';

import type { Terminal } from './command.ts';
import type { ReadProgress } from '@sluice/ingestion';

const redrawMs = 200;
const plainMs = 5_000;
const barWidth = 24;

export interface Progress {
  update(progress: ReadProgress): void;
  /** Clears the bar. Idempotent. */
  end(): void;
}

/** Builds the progress display for a stream. */
export function createProgress(stream: Terminal['stderr']): Progress {
  const startedAtMs = performance.now();
  const intervalMs = stream.isTTY === true ? redrawMs : plainMs;
  let shownAtMs = startedAtMs;
  let drawn = false;

  return {
    update(progress) {
      const nowMs = performance.now();
      if (nowMs - shownAtMs < intervalMs) return;
      shownAtMs = nowMs;
      const text = describe(progress, (nowMs - startedAtMs) / 1000);
      stream.write(stream.isTTY === true ? `\r\x1b[2K${terminalText(text, (stream.columns ?? 80) - 1)}` : `${terminalText(text)}\n`);
      drawn = true;
    },
    end() {
      if (drawn && stream.isTTY === true) stream.write('\r\x1b[2K');
      drawn = false;
    },
  };
}

function describe({ file, bytesRead, bytesTotal, lines }: ReadProgress, seconds: number): string {
  const rate = `${Math.round(lines / Math.max(seconds, 0.001)).toLocaleString('en-US')} lines/s`;
  const read = `${(bytesRead / 1e6).toFixed(1)} MB`;
  // The size of standard input is not known.
  if (bytesTotal === null || bytesTotal <= 0) return `${basename(file)}  ${read}  ${rate}`;
  const share = Math.min(1, bytesRead / bytesTotal);
  const filled = Math.round(share * barWidth);
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${Math.floor(share * 100)} %  ${basename(file)}  ${read} of ${(bytesTotal / 1e6).toFixed(1)} MB  ${rate}`;
}
