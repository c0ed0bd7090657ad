/**
 * Reads the reply to a bulk request. Whatever answered may be a proxy, or broken: nothing in it is believed before it is
 * seen to be an answer to what was sent, item by item.
 */

export interface ItemError {
  readonly type: string;
  readonly reason: string;
  readonly cause: string;
}

export interface ItemReply {
  readonly status: number;
  readonly error: ItemError | null;
}

/** What is asked for; a whole reply costs twice as much CPU (`docs/benchmarks.md`). */
export const bulkReplyFields = [
  'errors',
  'items.*._id',
  'items.*.status',
  'items.*.error.type',
  'items.*.error.reason',
  'items.*.error.caused_by.reason',
];

/** The items in the order sent; null when the reply does not answer exactly the documents with these ids. */
export function readBulkReply(body: unknown, ids: readonly string[]): ItemReply[] | null {
  if (!isObject(body) || typeof body['errors'] !== 'boolean' || !Array.isArray(body['items'])) return null;
  const items: unknown[] = body['items'];
  if (items.length !== ids.length) return null;
  const replies: ItemReply[] = [];
  for (let at = 0; at < items.length; at++) {
    const reply = readItem(items[at], ids[at]);
    if (reply === null || (reply.error !== null && !body['errors'])) return null;
    replies.push(reply);
  }
  return replies;
}

const accepted: readonly ItemReply[] = [200, 201].map((status) => Object.freeze({ status, error: null }));

function readItem(item: unknown, id: string | undefined): ItemReply | null {
  if (!isObject(item)) return null;
  const result = item['create'];
  if (!isObject(result) || result['_id'] !== id) return null;
  const { status, error } = result;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) return null;
  // An item either succeeded or has an error that says why not; one that is both is neither.
  const isAccepted = status === 200 || status === 201;
  if (isAccepted) return error === undefined ? (accepted[status - 200] ?? null) : null;
  if (!isObject(error)) return null;
  const cause = isObject(error['caused_by']) ? error['caused_by']['reason'] : '';
  return { status, error: { type: textOf(error['type']), reason: textOf(error['reason']), cause: textOf(cause) } };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
