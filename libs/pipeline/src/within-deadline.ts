/**
 * An interrupted run ends in time, whatever its downstream does.
 */
import { SluiceError } from '@sluice/errors';

/** What `reading` resolves with; once the signal aborts it has so long to store what was read. Errors: DEADLINE_EXCEEDED. */
export async function withinDeadline<T>(reading: Promise<T>, deadlineSeconds: number, signal: AbortSignal | undefined): Promise<T> {
  const late = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(() => {
      const message = `Not everything that was read could be stored within ${deadlineSeconds} s.`;
      late.reject(new SluiceError('DEADLINE_EXCEEDED', message, { hint: 'Run it again: nothing is lost and nothing is stored twice.' }));
    }, deadlineSeconds * 1000);
  };
  if (signal?.aborted === true) start();
  signal?.addEventListener('abort', start, { once: true });
  try {
    return await Promise.race([reading, late.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', start);
    // It ends with the pipeline.
    reading.catch(() => undefined);
  }
}
