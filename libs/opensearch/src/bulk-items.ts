/**
 * Documents as the bytes of a bulk body: a pair of lines for each, action and document. Encoded once, when a batch is
 * prepared; requests, halves and repeats are parts of it.
 */
import { documentId } from './document-id.ts';

export interface BulkItems {
  /** `_id` of each item. */
  readonly ids: readonly string[];
  /** Names of the indices they go to, each once. */
  readonly indices: ReadonlySet<string>;
  readonly bytes: Buffer;
  /** Where the pair of each item ends in `bytes`. */
  readonly ends: readonly number[];
}

export interface BulkLimits {
  readonly documents: number;
  readonly bytes: number;
}

export interface BulkRequest {
  readonly body: Buffer;
  /** Of the items, in the order of the body. */
  readonly positions: readonly number[];
}

export interface BulkItem {
  readonly index: string;
  readonly eventId: string;
  /** A JSON object without line breaks. */
  readonly text: string;
}

/** Encodes a list of anything that is documents; one list at a time. */
export type BulkEncoder = <T>(sources: readonly T[], toItem: (source: T) => BulkItem) => BulkItems;

const firstBytes = 1024 * 1024;
/** A batch of long lines does not stay the measure for ever. */
const keptBytes = 8 * 1024 * 1024;

/** Cost: the text is copied twice, into a buffer that is used again and from there into one of the right size. */
export function createBulkEncoder(): BulkEncoder {
  let scratch = Buffer.allocUnsafeSlow(firstBytes);
  let length = 0;

  const write = (pair: string): void => {
    // Never more than three bytes for a UTF-16 unit.
    const needed = length + pair.length * 3;
    if (needed > scratch.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, scratch.length * 2));
      scratch.copy(larger, 0, 0, length);
      scratch = larger;
    }
    length += scratch.write(pair, length);
  };

  return (sources, toItem) => {
    if (scratch.length > keptBytes) scratch = Buffer.allocUnsafeSlow(firstBytes);
    length = 0;
    const ids: string[] = [];
    const ends: number[] = [];
    const indices = new Set<string>();
    // Names repeat, so their half of the action line is kept.
    let lastIndex = '';
    let prefix = '';
    for (const source of sources) {
      const { index, eventId, text } = toItem(source);
      if (index !== lastIndex) {
        lastIndex = index;
        prefix = `{"create":{"_index":${JSON.stringify(index)},"_id":`;
        indices.add(index);
      }
      const id = documentId(eventId);
      write(`${prefix}${JSON.stringify(id)}}}\n${text}\n`);
      ids.push(id);
      ends.push(length);
    }
    return { ids, indices, ends, bytes: Buffer.from(scratch.subarray(0, length)) };
  };
}

/** A request of the items at `positions` from the one numbered `from` on: as many as the limits allow, one at least. */
export function buildBulkRequest(items: BulkItems, positions: readonly number[], from: number, limits: BulkLimits): BulkRequest {
  let bytes = 0;
  let end = from;
  for (; end < positions.length && end - from < limits.documents; end++) {
    const pairBytes = pairOf(items, positions[end] ?? -1).length;
    if (end > from && bytes + pairBytes > limits.bytes) break;
    bytes += pairBytes;
  }
  const chosen = positions.slice(from, end);
  return { body: bodyOf(items, chosen), positions: chosen };
}

/** Without copying where they follow each other, as they do when nothing goes wrong. */
function bodyOf(items: BulkItems, positions: readonly number[]): Buffer {
  const [first = 0, last = first] = [positions[0], positions.at(-1)];
  if (last - first === positions.length - 1) return items.bytes.subarray(items.ends[first - 1] ?? 0, items.ends[last] ?? 0);
  return Buffer.concat(positions.map((position) => pairOf(items, position)));
}

/** The document of an item, as it was given. */
export function documentOf(items: BulkItems, position: number): string {
  const pair = pairOf(items, position).toString();
  return pair.slice(pair.indexOf('\n') + 1, -1);
}

function pairOf({ bytes, ends }: BulkItems, position: number): Buffer {
  return bytes.subarray(ends[position - 1] ?? 0, ends[position] ?? 0);
}
