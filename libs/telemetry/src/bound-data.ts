/**
 * Data of a log line, brought to a bounded size. Anything may be in it: client text, errors with causes, cycles.
 */
const maxTextLength = 1024;
const maxDepth = 5;
const maxNodes = 400;

/**
 * A copy that is safe to write as JSON.
 *
 * Shape: texts over 1,024 characters are cut and marked, errors become name, code and message with their cause, what
 * lies deeper than 5 levels or beyond 400 values is left out and marked. Errors: never throws, not even on getters that do.
 */
export function boundData(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return boundObject(data, 0, { left: maxNodes });
}

/** Cuts a text to the given length; what was cut is counted at its end. */
export function boundText(text: string, length = maxTextLength): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length - length} more)`;
}

interface Budget {
  left: number;
}

function boundObject(object: object, depth: number, budget: Budget): Record<string, unknown> {
  const copy = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(object)) {
    if (budget.left <= 0) {
      copy['…'] = 'more left out';
      break;
    }
    copy[boundText(key, 128)] = boundValue(read(object, key), depth + 1, budget);
  }
  return copy;
}

function read(object: object, key: string): unknown {
  try {
    return (object as Record<string, unknown>)[key];
  } catch {
    return '(unreadable)';
  }
}

function boundValue(value: unknown, depth: number, budget: Budget): unknown {
  budget.left--;
  switch (typeof value) {
    case 'string':
      return boundText(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return boundText(value.toString());
    case 'function':
    case 'symbol':
      return `(${typeof value})`;
    case 'object':
      return value === null ? null : boundReference(value, depth, budget);
    default:
      return value;
  }
}

function boundReference(value: object, depth: number, budget: Budget): unknown {
  if (depth > maxDepth) return '(too deep)';
  if (value instanceof Error) return boundError(value, depth, budget);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if (value instanceof Set || value instanceof Map) return boundList([...value], depth, budget);
  return Array.isArray(value) ? boundList(value, depth, budget) : boundObject(value, depth, budget);
}

function boundList(list: readonly unknown[], depth: number, budget: Budget): unknown[] {
  const copy: unknown[] = [];
  for (const item of list) {
    if (budget.left <= 0) {
      copy.push(`(${list.length - copy.length} more)`);
      break;
    }
    copy.push(boundValue(item, depth + 1, budget));
  }
  return copy;
}

function boundError(error: Error, depth: number, budget: Budget): Record<string, unknown> {
  const copy: Record<string, unknown> = { name: boundText(error.name, 128), message: boundText(error.message) };
  const code: unknown = read(error, 'code');
  if (typeof code === 'string') copy['code'] = boundText(code, 128);
  const hint: unknown = read(error, 'hint');
  if (typeof hint === 'string') copy['hint'] = boundText(hint);
  // A stack names our own files and lines; it is what makes an unexpected error findable.
  if (typeof error.stack === 'string' && code === undefined) copy['stack'] = boundText(error.stack, 2048);
  if (error.cause !== undefined) copy['cause'] = boundValue(error.cause, depth + 1, budget);
  return copy;
}
