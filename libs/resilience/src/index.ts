export { createRetry } from './retry.ts';
export type { Retry, RetryDeps, RetryOptions } from './retry.ts';
export { createCircuitBreaker } from './circuit-breaker.ts';
export type { CircuitBreaker, CircuitBreakerOptions, CircuitState } from './circuit-breaker.ts';
