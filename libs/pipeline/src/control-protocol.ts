/**
 * How a command asks the process that has the database open: one HTTP POST over a local socket.
 * The answer is lines of JSON: `{"rows": [...]}` for each part of a result, `{"value": ...}` for a whole one,
 * `{"error": {...}}` at any point; a stream that ends without `{"end": true}` was cut off.
 */
import { errorRegistry, isSluiceError, messageOf, SluiceError } from '@sluice/errors';

import type { ErrorCode } from '@sluice/errors';
import type { EventReader } from '@sluice/ports';

/** The questions that may be asked from outside; anything else is refused by name. */
export const readerCalls = [
  'summary',
  'top',
  'histogram',
  'events',
  'deadLetters',
  'deadLetterReasons',
] as const satisfies readonly (keyof EventReader)[];
export type ReaderCall = (typeof readerCalls)[number];

export type ControlRequest =
  | { readonly call: ReaderCall; readonly args: readonly unknown[] }
  | { readonly call: 'query'; readonly sql: string }
  | { readonly call: 'export'; readonly path: string };

export interface ControlError {
  code: ErrorCode | null;
  message: string;
  hint: string | null;
}

export type ControlLine = { rows: Record<string, unknown>[] } | { value: unknown } | { error: ControlError } | { end: true };

/** JSON with source text access: in the runtime, not yet in the compiler's library. */
const sourceJson = JSON as unknown as {
  rawJSON(text: string): unknown;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

/** JSON text in which bigints stand as plain integers. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? sourceJson.rawJSON(item.toString()) : item));
}

/** Reads `toJson` text back; integers beyond 2^53 become bigints again. */
export function fromJson(text: string): unknown {
  return sourceJson.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value,
  );
}

export function describeError(error: unknown): ControlError {
  return isSluiceError(error)
    ? { code: error.code, message: error.message, hint: error.hint }
    : { code: null, message: messageOf(error), hint: null };
}

export function reviveError({ code, message, hint }: ControlError): Error {
  if (code === null || !Object.hasOwn(errorRegistry, code)) return new Error(message);
  return new SluiceError(code, message, hint === null ? {} : { hint });
}
