/**
 * A fetched batch in the pieces that the handler gets.
 */
import type { EncodedRecord, RecordBatch } from '@sluice/ports';

/** What of a fetched record is used. */
export interface FetchedRecord {
  readonly offset: string;
  readonly value: Buffer | null;
  /** Milliseconds since the epoch as a decimal string; -1 when the producer gave none. */
  readonly timestamp: string;
}

export interface Chunk {
  /** The records that `toBatch` makes; its last offset is what a commit names, plus one. */
  readonly records: readonly FetchedRecord[];
  readonly lastOffset: string;
}

/** Cuts into pieces of at most `size` records, in order; of no records there is no piece. */
export function chunkRecords(records: readonly FetchedRecord[], size: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < records.length; at += size) {
    const part = records.slice(at, at + size);
    const last = part.at(-1);
    if (last !== undefined) chunks.push({ records: part, lastOffset: last.offset });
  }
  return chunks;
}

/** The piece as the handler gets it. Cost: two objects per record. */
export function toBatch({ records }: Chunk, topic: string, partition: number, nowMs: number): RecordBatch {
  const encoded: EncodedRecord[] = [];
  let readAtMs = nowMs;
  for (const { value, offset, timestamp } of records) {
    encoded.push({ kind: 'encoded', value, origin: { topic, partition, offset } });
    const timestampMs = Number(timestamp);
    if (timestampMs >= 0 && timestampMs < readAtMs) readAtMs = timestampMs;
  }
  return { records: encoded, readAtMs };
}

/** The offset to commit when everything up to this one is done: the next to be read. */
export function offsetAfter(offset: string): string {
  return String(BigInt(offset) + 1n);
}
