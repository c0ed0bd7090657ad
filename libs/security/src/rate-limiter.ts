/**
 * How fast lines may pass: a token bucket that holds one second's worth. Pure arithmetic over the clock it is given;
 * whoever reads lines does the waiting or the dropping.
 */
import type { Clock } from '@sluice/ports';

export interface RateLimiterConfig {
  /** 0 is no limit. */
  readonly linesPerSecond: number;
}

export interface RateLimiter {
  /**
   * Lets `count` lines pass and returns how long the caller must wait before it reads on, in ms; 0 for not at all.
   * Invariant: over any span of t seconds at most `linesPerSecond * (t + 1)` lines pass, plus the last batch.
   */
  delay(count: number): number;
  /** How many of `count` lines may pass now; the caller drops the others. */
  take(count: number): number;
}

/** Creates a limiter with a full bucket. A clock that is set back neither adds nor takes tokens. */
export function createRateLimiter(config: RateLimiterConfig, clock: Clock): RateLimiter {
  const { linesPerSecond } = config;
  if (linesPerSecond <= 0) return { delay: () => 0, take: (count) => count };

  let tokens = linesPerSecond;
  let filledAtMs = clock.now();

  const refill = (): void => {
    const nowMs = clock.now();
    tokens = Math.min(linesPerSecond, tokens + (Math.max(0, nowMs - filledAtMs) * linesPerSecond) / 1000);
    filledAtMs = nowMs;
  };

  return {
    delay: (count) => {
      refill();
      tokens -= count;
      return tokens >= 0 ? 0 : Math.ceil((-tokens * 1000) / linesPerSecond);
    },
    take: (count) => {
      refill();
      const passing = Math.max(0, Math.min(count, Math.floor(tokens)));
      tokens -= passing;
      return passing;
    },
  };
}
