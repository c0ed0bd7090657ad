export { errorRegistry } from './registry.ts';
export type { ErrorCode } from './registry.ts';
export { SluiceError, errorOf, isSluiceError, messageOf } from './sluice-error.ts';
export type { SluiceErrorOptions } from './sluice-error.ts';
