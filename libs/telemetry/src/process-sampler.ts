/**
 * Memory, CPU and event loop delay of this process.
 */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

import type { HealthReport } from './health-report.ts';

export type ProcessSample = Pick<HealthReport, 'memory' | 'cpu' | 'eventLoop'>;

/** Finer wakes an idle process for nothing: 20 ms cost it 0.2 % of a core. */
const resolutionMs = 100;

export interface ProcessSampler {
  /** Figures since the last `restart`. */
  sample(): ProcessSample;
  /** Begins a new period. */
  restart(): void;
  stop(): void;
}

/** Starts measuring at once. */
export function createProcessSampler(): ProcessSampler {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let startedMs = performance.now();
  let cpu = process.cpuUsage();
  // The histogram holds the whole time between two timers; what is over its resolution is delay. NaN before the first.
  const overResolutionMs = (ns: number): number => (Number.isFinite(ns) ? round(Math.max(0, ns / 1e6 - resolutionMs)) : 0);
  return {
    sample: () => {
      const used = process.cpuUsage(cpu);
      const elapsedMs = Math.max(1, performance.now() - startedMs);
      const memory = process.memoryUsage();
      return {
        memory: { rssBytes: memory.rss, heapUsedBytes: memory.heapUsed, heapTotalBytes: memory.heapTotal },
        cpu: { coreShare: round((used.user + used.system) / 1000 / elapsedMs) },
        eventLoop: {
          delayMeanMs: overResolutionMs(delay.mean),
          delayP99Ms: overResolutionMs(delay.percentile(99)),
          delayMaxMs: overResolutionMs(delay.max),
        },
      };
    },
    restart: () => {
      delay.reset();
      startedMs = performance.now();
      cpu = process.cpuUsage();
    },
    stop: () => void delay.disable(),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
