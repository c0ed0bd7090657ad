/**
 * Knows how the process is: its own figures and the state of named components, logged at an interval and given to the
 * ops server. Liveness and readiness differ on purpose: a dependency that is down is no reason to restart.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { messageOf } from '@sluice/errors';

import { createProcessSampler } from './process-sampler.ts';

import type { Logger } from '@sluice/ports';
import type { ComponentHealth, HealthReport, HealthStatus, ProbeResult } from './health-report.ts';

/** The state of one component now; rejecting means it failed. */
export type ComponentCheck = () => ComponentHealth | Promise<ComponentHealth>;

export interface HealthMonitorConfig {
  readonly intervalSeconds: number;
  /** A check that takes longer has failed; default: 5,000 ms. */
  readonly checkTimeoutMs?: number | undefined;
  /** An event loop that is this late on average is stalled; default: 5,000 ms. */
  readonly stalledLoopMs?: number | undefined;
}

export interface HealthMonitorDeps {
  readonly checks: Readonly<Record<string, ComponentCheck>>;
  readonly logger: Logger;
  /** Says why only a restart would help, or null; for work that hangs although the event loop turns. */
  readonly stalled?: (() => string | null) | undefined;
}

export interface HealthMonitor {
  /** Logs health at once and then at every interval; the timer keeps no process alive. */
  start(): void;
  /** Idempotent, legal before `start`. */
  stop(): void;
  health(): Promise<HealthReport>;
  /** Not ok while a component has failed; degraded is ready. */
  ready(): Promise<ProbeResult>;
  /** Not ok only when a restart would help. */
  live(): ProbeResult;
}

/** Reports younger than this are given again, so that probes cannot load the components. */
const reportAgeMs = 500;

export function createHealthMonitor(config: HealthMonitorConfig, deps: HealthMonitorDeps): HealthMonitor {
  const sampler = createProcessSampler();
  const checks = Object.entries(deps.checks);
  const timeoutMs = config.checkTimeoutMs ?? 5000;
  const stalledLoopMs = config.stalledLoopMs ?? 5000;
  let timer: NodeJS.Timeout | undefined;
  let current: { report: Promise<HealthReport>; atMs: number } | undefined;

  const health = (): Promise<HealthReport> => {
    const nowMs = performance.now();
    if (current === undefined || nowMs - current.atMs > reportAgeMs) current = { report: collect(), atMs: nowMs };
    return current.report;
  };
  const collect = async (): Promise<HealthReport> => {
    const results = await Promise.all(checks.map(async ([name, check]) => [name, await runCheck(check, timeoutMs)] as const));
    return {
      status: worst(results.map(([, { status }]) => status)),
      checkedAt: new Date().toISOString(),
      uptimeSeconds: Math.round(process.uptime()),
      ...sampler.sample(),
      components: Object.fromEntries(results),
    };
  };
  const logHealth = async (): Promise<void> => {
    const { status, memory, cpu, eventLoop, components } = await health();
    deps.logger.info('health', { status, memory, cpu, eventLoop, components });
    sampler.restart();
  };

  return {
    start: () => {
      if (timer !== undefined) return;
      timer = setInterval(() => void logHealth(), config.intervalSeconds * 1000).unref();
      void logHealth();
    },
    stop: () => {
      clearInterval(timer);
      timer = undefined;
      sampler.stop();
    },
    health,
    ready: async () => {
      const { components } = await health();
      const reasons = Object.entries(components).flatMap(([name, { status, message }]) =>
        status === 'failed' ? [`${name}: ${message ?? 'failed'}`] : [],
      );
      return { ok: reasons.length === 0, reasons };
    },
    live: () => {
      const reasons: string[] = [];
      const { delayMeanMs } = sampler.sample().eventLoop;
      if (delayMeanMs > stalledLoopMs) reasons.push(`the event loop is ${Math.round(delayMeanMs)} ms late`);
      const stalled = deps.stalled?.() ?? null;
      if (stalled !== null) reasons.push(stalled);
      return { ok: reasons.length === 0, reasons };
    },
  };
}

async function runCheck(check: ComponentCheck, timeoutMs: number): Promise<ComponentHealth> {
  const abort = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: abort.signal, ref: false }).then((): ComponentHealth => {
    return { status: 'failed', message: `no answer within ${timeoutMs} ms` };
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch (error) {
    return { status: 'failed', message: messageOf(error) };
  } finally {
    abort.abort();
  }
}

function worst(statuses: readonly HealthStatus[]): HealthStatus {
  if (statuses.includes('failed')) return 'failed';
  return statuses.includes('degraded') ? 'degraded' : 'ok';
}
