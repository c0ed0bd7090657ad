/**
 * Reports, now and then, how far this process's partitions are behind.
 */
import type { TransportTelemetry } from '@sluice/ports';
import type { PartitionLag } from './topic-admin.ts';

const reportIntervalMs = 10_000;

export interface LagReporter {
  /** The partitions of this process from now on; those it no longer has are reported as gone. */
  assigned(partitions: readonly number[]): void;
  stop(): void;
}

/** Builds a reporter that asks by `fetchLag`; what fails is left out until the next time. */
export function createLagReporter(
  telemetry: Pick<TransportTelemetry, 'lag' | 'lagSeconds'>,
  fetchLag: () => Promise<readonly PartitionLag[]>,
): LagReporter {
  let mine: ReadonlySet<number> = new Set();
  const reported = new Set<number>();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function report(): Promise<void> {
    const lags = await fetchLag().catch(() => []);
    if (isStopped) return;
    let total = 0;
    for (const { partition, lag } of lags) {
      if (!mine.has(partition)) continue;
      reported.add(partition);
      telemetry.lag(partition, lag);
      total += lag;
    }
    if (lags.length > 0 && total === 0) telemetry.lagSeconds(0);
    schedule(reportIntervalMs);
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    if (isStopped || mine.size === 0) return;
    timer = setTimeout(() => void report(), delayMs);
    timer.unref();
  }

  function forget(keep: ReadonlySet<number>): void {
    for (const partition of reported) {
      if (keep.has(partition)) continue;
      reported.delete(partition);
      telemetry.lag(partition, null);
    }
  }

  return {
    assigned: (partitions) => {
      mine = new Set(partitions);
      forget(mine);
      schedule(0);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      forget(new Set());
    },
  };
}
