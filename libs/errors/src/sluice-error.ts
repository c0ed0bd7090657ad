/**
 * The one error class of the project. Its code decides what it means (see `registry.ts`);
 * callers switch on `code`, never on the message or on a vendor's class.
 */
import { errorRegistry } from './registry.ts';

import type { ErrorCode } from './registry.ts';

export interface SluiceErrorOptions {
  /** What the operator should do, in one sentence; default: what the registry says for the code. */
  hint?: string;
  cause?: unknown;
  /** Facts for the log: never a secret, never unbounded client text. */
  data?: Record<string, unknown>;
}

/**
 * An expected failure with a code from the registry; anything else that is thrown is a bug.
 *
 * Invariant: `retryable` and `exitCode` follow from the code, so no caller can contradict the registry.
 */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly data: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: SluiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? errorRegistry[code].remedy;
    this.data = options.data ?? {};
  }

  /** True when the same call may succeed later without any change. */
  get retryable(): boolean {
    return errorRegistry[this.code].retryable;
  }

  /** Process exit code for a command that ends with this error: 1 failed, 2 usage or configuration. */
  get exitCode(): 1 | 2 {
    return errorRegistry[this.code].exitCode;
  }
}

/** True for an error of ours, with or without a particular code. */
export function isSluiceError(error: unknown, code?: ErrorCode): error is SluiceError {
  return error instanceof SluiceError && (code === undefined || error.code === code);
}

/** The message of anything that was thrown; never throws itself. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    // An object without a prototype has no text form.
    return 'unknown error';
  }
}

/** Anything that was thrown as an Error; never throws itself. */
export function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}
