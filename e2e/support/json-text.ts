/**
 * Reads JSON that processes print, and fails with the text itself where it is something else.
 */
export type JsonObject = Record<string, unknown>;

/** One JSON object. */
export function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`not JSON: ${text.slice(0, 500)}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`no JSON object: ${text.slice(0, 500)}`);
  return value as JsonObject;
}

/** One object per line, and nothing else. */
export function parseRows(text: string): JsonObject[] {
  if (text === '') return [];
  if (!text.endsWith('\n')) throw new Error(`the last line is not complete: ${text.slice(-200)}`);
  return text.slice(0, -1).split('\n').map(parseObject);
}

/** A value that must be an object. */
export function objectAt(value: unknown, name: string): JsonObject {
  const found = typeof value === 'object' && value !== null ? (value as JsonObject)[name] : undefined;
  if (typeof found !== 'object' || found === null) throw new Error(`no object "${name}" in ${JSON.stringify(value).slice(0, 500)}`);
  return found as JsonObject;
}
