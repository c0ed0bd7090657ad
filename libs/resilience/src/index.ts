export { createRetry } from './retry.ts';
export type { Retry, RetryDeps, RetryOptions } from './retry.ts';
