/**
 * Log files to measure with, generated on first use and kept in `bench/results/work`.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

import { createLogGenerator } from '@sluice/testing';

import { workFolder } from './measure-process.ts';

const blockLines = 100_000;
const options = { seed: 1, targetLineBytes: 250 } as const;

/** The path of a file of so many combined lines of some 250 bytes. Its name changes with what the generator draws. */
export function benchmarkLog(lines: number): string {
  mkdirSync(workFolder, { recursive: true });
  const kind = crc32(createLogGenerator(options).buffer(2000)).toString(16);
  const file = path.join(workFolder, `combined-${lines}-${kind}.log`);
  if (existsSync(file)) return file;
  const generator = createLogGenerator(options);
  writeBlocks(file, (written) => (written.lines < lines ? generator.buffer(Math.min(blockLines, lines - written.lines)) : null), blockLines);
  return file;
}

export interface ManyClientsLog {
  readonly path: string;
  readonly lines: number;
}

/**
 * Writes a file of some gigabytes in which clients, paths and agents keep being new: each half a million lines come from
 * a generator of their own, so that nothing that is kept per client or path can stay small by luck.
 *
 * Errors: throws when the disk has not twice that space; a database comes beside it.
 */
export function writeManyClientsLog(folder: string, gigabytes: number): ManyClientsLog {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < gigabytes * 2e9) throw new Error(`${gigabytes} GB and a database do not fit on this disk`);
  const file = path.join(folder, 'many-clients.log');
  let startAtMs = Date.parse('2026-11-01T00:00:00Z');
  let seed = 1000;
  const lines = writeBlocks(
    file,
    (written) => {
      if (written.bytes >= gigabytes * 1e9) return null;
      const startAt = new Date(startAtMs).toISOString();
      startAtMs += 3_600_000;
      seed += 1;
      return createLogGenerator({ seed, startAt, linesPerSecond: 150, targetLineBytes: 250, distinctAddresses: 200_000 }).buffer(5 * blockLines);
    },
    5 * blockLines,
  );
  return { path: file, lines };
}

/** Writes what `next` draws until it is null, under another name first: a broken-off file is never taken for a whole one. Returns the lines. */
function writeBlocks(file: string, next: (written: { lines: number; bytes: number }) => Buffer | null, linesPerBlock: number): number {
  const descriptor = openSync(`${file}.part`, 'w');
  const written = { lines: 0, bytes: 0 };
  for (let block = next(written); block !== null; block = next(written)) {
    for (let at = 0; at < block.length;) at += writeSync(descriptor, block, at);
    written.lines += linesPerBlock;
    written.bytes += block.length;
  }
  closeSync(descriptor);
  renameSync(`${file}.part`, file);
  return written.lines;
}
