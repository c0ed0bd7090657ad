/**
 * Cuts a stream of bytes into lines without copying them: the splitter is moved from line to line and shows where each
 * one lies. LF and CRLF end a line; a byte order mark at the start of a file and NUL bytes before a line (the hole that
 * copytruncate leaves under a writer that does not append) are stepped over, and offsets stay true.
 *
 * Invariant: memory is bounded by the chunk plus `maxLineBytes`, whatever the input; of a longer line the head is kept,
 * its length and CRC-32 are computed in passing.
 * Cost: one indexOf per line; a line that spans chunks is copied once.
 */
import { crc32 } from 'node:zlib';

const lineFeed = 10;
const carriageReturn = 13;
const empty = Buffer.alloc(0);

export class LineSplitter {
  /** The current line is `bytes` from `start` to `end`, without its line end; valid until the next call. */
  bytes: Buffer = empty;
  start = 0;
  end = 0;
  /** File offset of the line's first byte. */
  offset: number;
  /** File offset behind the line end: where reading goes on after a restart. */
  nextOffset: number;
  /** The line was over the limit: `bytes` holds its head only, `totalBytes` and `totalCrc32` describe all of it. */
  tooLong = false;
  totalBytes = 0;
  totalCrc32 = 0;

  readonly #maxLineBytes: number;
  #chunk: Buffer = empty;
  #position = 0;
  /** Bytes of a line whose end has not come yet. */
  #carry: Buffer = empty;
  #carryBytes = 0;
  /** Set while a line over the limit passes: its head. A trailing CR is held back, it may belong to the line end. */
  #longHead: Buffer | null = null;
  #longBytes = 0;
  #longCrc = 0;
  #heldReturn = false;

  constructor(maxLineBytes: number, startOffset: number) {
    this.#maxLineBytes = maxLineBytes;
    this.offset = startOffset;
    this.nextOffset = startOffset;
  }

  /** True when bytes of an unfinished line are held. */
  get hasPartial(): boolean {
    return this.#carryBytes > 0 || this.#longHead !== null;
  }

  /** File offset behind the last byte pushed. */
  get readOffset(): number {
    return this.nextOffset + (this.#longHead === null ? this.#carryBytes : this.#longBytes + Number(this.#heldReturn));
  }

  /** Gives the next bytes. Only when `next` has returned false; the buffer may be reused after `next` returned false again. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#position = 0;
    if (this.nextOffset === 0 && !this.hasPartial && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) this.#skip(3);
  }

  /** Moves to the next complete line; false when the rest of the chunk is held for the next one. */
  next(): boolean {
    const chunk = this.#chunk;
    if (!this.hasPartial && chunk[this.#position] === 0) this.#skipNuls();
    const newline = chunk.indexOf(lineFeed, this.#position);
    if (newline < 0) {
      this.#hold(chunk.length);
      return false;
    }
    if (this.#longHead !== null || this.#carryBytes + newline - this.#position > this.#maxLineBytes + 1) {
      this.#hold(newline);
      this.#finishLong(1);
    } else if (this.#carryBytes > 0) {
      this.#append(chunk, this.#position, newline);
      this.#show(this.#carry, 0, this.#carryBytes, 1);
      this.#carryBytes = 0;
    } else {
      this.#show(chunk, this.#position, newline, 1);
    }
    this.#position = newline + 1;
    return true;
  }

  /** Shows what is held as a last line without line end; false when nothing is. */
  finish(): boolean {
    if (this.#longHead !== null) {
      this.#finishLong(0);
      return true;
    }
    if (this.#carryBytes === 0) return false;
    this.#show(this.#carry, 0, this.#carryBytes, 0);
    this.#carryBytes = 0;
    return true;
  }

  #show(bytes: Buffer, start: number, newline: number, lineEndBytes: number): void {
    const lineBytes = newline - start;
    const end = lineBytes > 0 && bytes[newline - 1] === carriageReturn ? newline - 1 : newline;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.offset = this.nextOffset;
    this.nextOffset += lineBytes + lineEndBytes;
    this.tooLong = end - start > this.#maxLineBytes;
    if (!this.tooLong) return;
    // One byte over the limit, seen whole.
    const line = bytes.subarray(start, end);
    this.totalBytes = line.length;
    this.totalCrc32 = crc32(line);
    this.end = start + this.#maxLineBytes;
  }

  /** Keeps the chunk from the current position to `to` for later. */
  #hold(to: number): void {
    const from = this.#position;
    this.#position = to;
    if (to === from) return;
    if (this.#longHead !== null) this.#passLong(this.#chunk, from, to);
    else if (this.#carryBytes + to - from <= this.#maxLineBytes + 1) this.#append(this.#chunk, from, to);
    else this.#startLong(from, to);
  }

  #append(chunk: Buffer, from: number, to: number): void {
    const needed = this.#carryBytes + to - from;
    if (this.#carry.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(needed * 2, 4096), this.#maxLineBytes + 2));
      this.#carry.copy(larger, 0, 0, this.#carryBytes);
      this.#carry = larger;
    }
    chunk.copy(this.#carry, this.#carryBytes, from, to);
    this.#carryBytes = needed;
  }

  #startLong(from: number, to: number): void {
    const head = Buffer.allocUnsafeSlow(this.#maxLineBytes);
    const held = Math.min(this.#carryBytes, head.length);
    this.#carry.copy(head, 0, 0, held);
    this.#chunk.copy(head, held, from, to);
    this.#longHead = head;
    this.#longBytes = 0;
    this.#longCrc = 0;
    this.#heldReturn = false;
    const carried = this.#carryBytes;
    this.#carryBytes = 0;
    if (carried > 0) this.#passLong(this.#carry, 0, carried);
    this.#passLong(this.#chunk, from, to);
  }

  #passLong(bytes: Buffer, from: number, to: number): void {
    if (to === from) return;
    if (this.#heldReturn) this.#countLong(returnByte);
    this.#heldReturn = bytes[to - 1] === carriageReturn;
    this.#countLong(bytes.subarray(from, this.#heldReturn ? to - 1 : to));
  }

  #countLong(bytes: Buffer): void {
    this.#longCrc = crc32(bytes, this.#longCrc);
    this.#longBytes += bytes.length;
  }

  #finishLong(lineEndBytes: number): void {
    const head = this.#longHead ?? empty;
    this.bytes = head;
    this.start = 0;
    this.end = Math.min(head.length, this.#longBytes);
    this.offset = this.nextOffset;
    this.nextOffset += this.#longBytes + Number(this.#heldReturn) + lineEndBytes;
    this.tooLong = true;
    this.totalBytes = this.#longBytes;
    this.totalCrc32 = this.#longCrc;
    this.#longHead = null;
    this.#heldReturn = false;
  }

  #skipNuls(): void {
    let at = this.#position;
    while (at < this.#chunk.length && this.#chunk[at] === 0) at += 1;
    this.#skip(at - this.#position);
  }

  #skip(bytes: number): void {
    this.#position += bytes;
    this.nextOffset += bytes;
  }
}

const returnByte = Buffer.from([carriageReturn]);
