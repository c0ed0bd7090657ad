/**
 * Says that something fails, once when it begins and now and then while it lasts, and once when it works again.
 */
import type { SluiceError } from '@sluice/errors';
import type { Clock, Logger } from '@sluice/ports';

const repeatAfterMs = 60_000;
/** Quick retries that help are not worth a line: leaders change, topics are created. */
const quietAttempts = 3;
const quietMs = 10_000;

export interface Attempt {
  /** 1 for the first. */
  readonly attempt: number;
  /** Since the first began. */
  readonly elapsedMs: number;
}

export interface FailureLog {
  /** An attempt of a call failed; it will be repeated. The call is any object of its own. */
  failed(call: object, error: SluiceError, attempt: Attempt): void;
  /** The call needs no more attempts: it is through, or it was given up. */
  ended(call: object, isThrough: boolean): void;
  /** What is being retried right now; null when nothing is. */
  current(): string | null;
}

/** The two lines. */
export interface FailureTexts {
  readonly fails: string;
  readonly works: string;
}

export function createFailureLog(logger: Logger, clock: Clock, { fails, works }: FailureTexts): FailureLog {
  const failing = new Map<object, SluiceError>();
  let saidAtMs = -Infinity;
  let saidCode = '';
  let isSaid = false;

  return {
    failed: (call, error, { attempt, elapsedMs }) => {
      failing.delete(call);
      failing.set(call, error);
      const nowMs = clock.now();
      if (attempt <= quietAttempts && elapsedMs < quietMs) return;
      if (isSaid && saidCode === error.code && nowMs - saidAtMs < repeatAfterMs) return;
      logger.warn(fails, { code: error.code, error: error.message, hint: error.hint, attempt });
      isSaid = true;
      saidAtMs = nowMs;
      saidCode = error.code;
    },
    ended: (call, isThrough) => {
      failing.delete(call);
      if (!isThrough || failing.size > 0 || !isSaid) return;
      isSaid = false;
      logger.info(works);
    },
    current: () => [...failing.values()].at(-1)?.message ?? null,
  };
}
