/**
 * What DuckDB says to what it means for us. DuckDB gives no codes, only messages that begin with their kind.
 */
import { SluiceError, isSluiceError, messageOf } from '@sluice/errors';

const fullDisk = ['No space left on device', 'not enough space on the disk', 'Disk quota exceeded', 'ENOSPC'];
const damaged = [
  'not a valid DuckDB database file',
  'Could not read enough bytes',
  'checksum',
  'Serialization Error',
  'database file with version number',
  'file is corrupt',
  'Corrupt',
  'newer version of DuckDB',
];

const has = (message: string, needles: readonly string[]): boolean => needles.some((needle) => message.includes(needle));

/** True when the database instance is of no use any more and the file must be opened again. */
export function isFatal(error: unknown): boolean {
  const message = messageOf(error);
  return message.startsWith('FATAL Error') || message.startsWith('INTERNAL Error') || message.includes('database has been invalidated');
}

export const isLockConflict = (error: unknown): boolean => messageOf(error).includes('Could not set lock on file');

/** True when DuckDB's own memory limit was met. */
export const isOutOfMemory = (error: unknown): boolean => messageOf(error).startsWith('Out of Memory Error');

/** The SluiceError of a failure to open, read or write the file; an error of ours stays as it is. */
export function toStoreError(error: unknown, doing: string): SluiceError {
  if (isSluiceError(error)) return error;
  const message = messageOf(error);
  const text = `${doing} failed: ${oneLine(message)}`;
  if (has(message, fullDisk)) return new SluiceError('STORE_FULL', text, { cause: error });
  if (isLockConflict(error)) return new SluiceError('STORE_LOCKED', text, { cause: error });
  if (has(message, damaged)) return new SluiceError('STORE_CORRUPT', text, { cause: error });
  return new SluiceError('STORE_UNAVAILABLE', text, { cause: error });
}

/** The SluiceError of a failed question about what is stored: there, memory is a limit and not an outage. */
export function toReadError(error: unknown): SluiceError {
  if (!isOutOfMemory(error)) return toStoreError(error, 'Reading');
  const hint = 'Raise duckdb.memory_limit_mb, or ask for a shorter time.';
  return new SluiceError('QUERY_LIMIT', 'Reading the stored events needs more memory than DuckDB may use.', { hint, cause: error });
}

/** The SluiceError of a failed user query. */
export function toQueryError(error: unknown): SluiceError {
  if (isSluiceError(error)) return error;
  const message = messageOf(error);
  if (isOutOfMemory(error)) return new SluiceError('QUERY_LIMIT', 'The query needs more memory than it may use.', { cause: error });
  return new SluiceError('QUERY_FAILED', message, { cause: error });
}

function oneLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
