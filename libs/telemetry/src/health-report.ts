/**
 * What health looks like from outside.
 */

/** `degraded`: works, but not as it should (a rebalance, a slow store); `failed`: this part does not work now. */
export type HealthStatus = 'ok' | 'degraded' | 'failed';

export interface ComponentHealth {
  readonly status: HealthStatus;
  /** One sentence for the operator; never a secret. */
  readonly message?: string | undefined;
  /** Numbers worth showing: files watched, bytes behind. */
  readonly data?: Readonly<Record<string, number | string | boolean>> | undefined;
}

export interface HealthReport {
  /** The worst of the components. */
  readonly status: HealthStatus;
  /** ISO 8601 UTC. */
  readonly checkedAt: string;
  readonly uptimeSeconds: number;
  readonly memory: { readonly rssBytes: number; readonly heapUsedBytes: number; readonly heapTotalBytes: number };
  /** Share of one core since the last sample: 1 is one core busy all the time. */
  readonly cpu: { readonly coreShare: number };
  /** How late timers fired since the last sample, milliseconds. */
  readonly eventLoop: { readonly delayMeanMs: number; readonly delayP99Ms: number; readonly delayMaxMs: number };
  readonly components: Readonly<Record<string, ComponentHealth>>;
}

/** The answer of a probe. */
export interface ProbeResult {
  readonly ok: boolean;
  /** Why not; empty when ok. */
  readonly reasons: readonly string[];
}
