/**
 * A seeded source of access log lines with the truth about each: what happened, and which fields a reader must find.
 * Tests compare the whole chain with that truth; benchmarks take the bytes alone from `buffer`.
 *
 * Traffic follows what real sites show: addresses, paths and agents by Zipf's law, a day that rises to the evening,
 * pages that pull their assets, bots that crawl and poll, attackers that try.
 */
import { appendQuery, createTimeFormatter, emptyFacts, expectedFields, formatLine } from './log-line.ts';
import { drawBrokenLine, oddRequests } from './odd-lines.ts';
import { createPadding } from './padding.ts';
import { createRandom } from './random.ts';
import { createTraffic, createTrafficClock } from './traffic.ts';

import type { ExpectedFields, GeneratedFormat, LineFacts } from './log-line.ts';
import type { OddRequest } from './odd-lines.ts';

export interface LogGeneratorOptions {
  readonly seed: number;
  /** Default combined. */
  readonly format?: GeneratedFormat;
  /** ISO 8601 UTC of the first line; default 2026-11-16T00:00:00Z. */
  readonly startAt?: string;
  /** Mean over a day; default 20. */
  readonly linesPerSecond?: number;
  /** Adds one odd line in a hundred and one broken line in five hundred; default false. */
  readonly oddities?: boolean;
  /** Default 0.01. */
  readonly attackShare?: number;
  /** Default 0.15. */
  readonly botShare?: number;
  /** Default 50,000, of which 8 % are IPv6. */
  readonly distinctAddresses?: number;
  /** Default 5,000. */
  readonly distinctPaths?: number;
  /** Raises the mean line length to this by tracking parameters in queries; cannot lower it. */
  readonly targetLineBytes?: number;
}

export type LineKind = 'ordinary' | 'bot' | 'attack' | 'odd' | 'broken';

export interface GeneratedLine {
  /** Without a line end. */
  readonly line: Buffer;
  readonly kind: LineKind;
  /** Name of the bot, class of the attack or name of the oddity; empty for ordinary and broken lines. */
  readonly label: string;
  /** Null for a broken line. */
  readonly expected: ExpectedFields | null;
  /** Fields of `expected` on whose value reasonable readers differ: leave them out of a comparison. */
  readonly unsettled: readonly string[];
}

export interface LogGenerator {
  next(): GeneratedLine;
  /** The next lines as a file would hold them, each with its line end, without the truth. Half a million lines a second or more. */
  buffer(lineCount: number): Buffer;
}

const oddShare = 0.01;
const brokenShare = 0.002;

/** Creates the generator; the same options give the same lines, by `next` and by `buffer` alike. */
export function createLogGenerator(options: LogGeneratorOptions): LogGenerator {
  const random = createRandom(options.seed);
  const format = options.format ?? 'combined';
  const traffic = createTraffic(random, { distinctAddresses: options.distinctAddresses ?? 50_000, distinctPaths: options.distinctPaths ?? 5000 });
  const clock = createTrafficClock(random, Date.parse(options.startAt ?? '2026-11-16T00:00:00Z'), options.linesPerSecond ?? 20);
  const formatTime = createTimeFormatter();
  const withOddities = options.oddities ?? false;
  const attackBelow = options.attackShare ?? 0.01;
  const botBelow = attackBelow + (options.botShare ?? 0.15);
  const facts = emptyFacts();
  let kind: LineKind = 'ordinary';
  let label = '';
  let unsettled: readonly string[] = [];

  /** Draws the next line; `facts`, `kind`, `label` and `unsettled` describe it afterwards. */
  const draw = (): string => {
    facts.atMs = clock();
    label = '';
    unsettled = [];
    const share = random.next();
    if (share < attackBelow) {
      kind = 'attack';
      label = traffic.attack(facts);
    } else if (share < botBelow) {
      kind = 'bot';
      label = traffic.bot(facts);
    } else {
      kind = 'ordinary';
      traffic.visit(facts);
    }
    if (withOddities) kind = spoil(kind);
    const line = formatLine(facts, format, formatTime);
    return kind === 'broken' ? drawBrokenLine(random, line) : line;
  };

  const spoil = (was: LineKind): LineKind => {
    const share = random.next();
    if (share < brokenShare) {
      label = '';
      return 'broken';
    }
    if (share >= brokenShare + oddShare) return was;
    const odd = random.pick(oddRequests);
    traffic.visit(facts);
    applyOddity(facts, odd);
    label = odd.name;
    unsettled = odd.unsettled ?? [];
    return 'odd';
  };

  const pad = options.targetLineBytes === undefined ? null : createPadding(random, options.targetLineBytes);
  const drawPadded = (): string => {
    const line = draw();
    if (pad === null) return line;
    const filler = kind === 'ordinary' ? pad.fillerFor(line.length, facts.query !== null) : '';
    if (filler === '') return pad.count(line);
    appendQuery(facts, filler);
    return pad.count(formatLine(facts, format, formatTime));
  };

  return {
    next: () => {
      const line = Buffer.from(drawPadded(), 'latin1');
      // `%O` and `%b` both are bytes sent; which one an event reports is the reader's choice.
      const open = format === 'combinedio' ? [...unsettled, 'bytes_sent', 'extra'] : unsettled;
      return { line, kind, label, expected: kind === 'broken' ? null : expectedFields(facts, format), unsettled: open };
    },
    buffer: (lineCount) => {
      const chunks: Buffer[] = [];
      let text = '';
      for (let index = 0; index < lineCount; index += 1) {
        text += `${drawPadded()}\n`;
        if (text.length > 262_144) {
          chunks.push(Buffer.from(text, 'latin1'));
          text = '';
        }
      }
      chunks.push(Buffer.from(text, 'latin1'));
      return Buffer.concat(chunks);
    },
  };
}

function applyOddity(facts: LineFacts, odd: OddRequest): void {
  if (odd.client !== undefined) facts.clientLogged = odd.client;
  facts.clientHost = odd.clientHost ?? null;
  facts.user = odd.user ?? null;
  facts.zoneMinutes = odd.zoneMinutes ?? 0;
  if (odd.requestLine !== undefined) {
    facts.requestLogged = odd.requestLine;
    facts.method = odd.method ?? null;
    facts.path = odd.path ?? null;
    facts.query = odd.query ?? null;
    facts.protocol = odd.protocol ?? null;
    facts.request = odd.request ?? null;
  }
  facts.status = odd.status ?? facts.status;
  facts.bytes = odd.bytes ?? facts.bytes;
  if (odd.referer !== undefined) [facts.refererLogged, facts.referer] = odd.referer ?? ['-', null];
  if (odd.agent !== undefined) [facts.agentLogged, facts.agent] = odd.agent ?? ['-', null];
}
