/**
 * The rows that detection is judged on: read from ../shared/data, written as the log lines a server would make of them.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const dataFolder = path.join(import.meta.dirname, '../../../shared/data');

/** Rules are tuned on one half of the rows and judged on the other. */
export type Part = 'tuning' | 'report';

export interface RequestRow {
  readonly file: string;
  /** File and line, `attacks:17`: how misses are named. */
  readonly id: string;
  readonly part: Part;
  readonly corpus: string;
  readonly class?: string;
  readonly label: string;
  readonly method: string;
  readonly uri: string;
  readonly version?: string;
  readonly headers: { readonly referer?: string; readonly user_agent?: string };
  readonly weak?: boolean;
  readonly hard?: boolean;
  readonly pl?: number;
  readonly tier?: string;
  readonly status?: number;
  readonly tell?: boolean;
  /** Name of the server; its lines begin with it. */
  readonly host?: string;
}

export interface AgentRow {
  readonly id: string;
  readonly part: Part;
  readonly ua: string;
  readonly label: 'bot' | 'human';
  readonly name?: string;
  readonly tags?: readonly string[];
}

/** All rows of a `.jsonl` file, null (and a line that says so) where the file is not at hand. */
function readRows(name: string): object[] | null {
  const file = path.join(dataFolder, name);
  if (!existsSync(file)) {
    console.log(`SKIPPED ../shared/data/${name}`);
    return null;
  }
  const short = path.basename(name, '.jsonl');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line, index) => ({ ...(JSON.parse(line) as object), file: short, id: `${short}:${index + 1}`, part: partOf(line) }));
}

function partOf(line: string): Part {
  return (createHash('sha1').update(line).digest()[0] ?? 0) % 2 === 0 ? 'tuning' : 'report';
}

const ordinaryAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0';

/** The row in the combined format, with the host before it where the row has one, as bytes read as Latin-1. */
export function toLogLine(row: RequestRow): string {
  const write = row.file === 'real_requests' ? (text: string): string => text : escapeLog;
  const request = write(`${row.method} ${row.uri} ${row.version ?? 'HTTP/1.1'}`);
  const { referer = '-', user_agent: agent = ordinaryAgent } = row.headers;
  const host = row.host === undefined ? '' : `${row.host}:80 `;
  return `${host}203.0.113.50 - - [10/Oct/2025:13:55:36 +0000] "${request}" ${row.status ?? 200} 512 "${write(referer)}" "${write(agent)}"`;
}

const shortEscapes = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\b', '\\b'],
  ['\v', '\\v'],
]);

/** What Apache makes of a client's text. */
function escapeLog(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/["\\]|[^ -~]/g, (character) => shortEscapes.get(character) ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

export function readRequests(name: string): RequestRow[] {
  return (readRows(`detection/${name}.jsonl`) ?? []) as RequestRow[];
}

export function readAgents(name: string): AgentRow[] {
  return (readRows(`bots/${name}.jsonl`) ?? []) as AgentRow[];
}
