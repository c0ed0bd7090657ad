/**
 * Published real logs, read by the parser and by a plain regex written apart from it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { compileLogFormat } from './compile-log-format.ts';
import { detectLogFormat } from './detect-log-format.ts';
import { LineRefusal } from './line-parser.ts';
import { knownFields } from './testing/parse-with.ts';

const folder = join(import.meta.dirname, '../../../../shared/data/logs');

// These logs hold no escaped quote but `\"`, so a regex can read them; it is far too loose for anything else.
const vhost = '(?:([^ :]+):(\\d+) )?';
const common = '(\\S+) \\S+ (\\S+) \\[([^\\]]+)\\] "((?:[^"\\\\]|\\\\.)*)" (\\d+) (\\S+)';
const combined = '(?: "((?:[^"\\\\]|\\\\.)*)" "((?:[^"\\\\]|\\\\.)*)")?';

const plainReading = new RegExp(`^${vhost}${common}${combined}$`);

function unescape(text: string): string {
  const bytes = text.replace(/\\x([0-9a-f]{2})|\\(["\\])/g, (_, hex: string | undefined, character: string | undefined) =>
    hex === undefined ? (character ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const utf8 = Buffer.from(bytes, 'latin1').toString('utf8');
  return utf8.includes('\ufffd') ? bytes : utf8;
}

function readPlainly(line: string): object | null {
  const match = plainReading.exec(line);
  if (match === null) return null;
  const [, host, port, client, user, time = '', request = '', status, bytes, referer = '-', agent = '-'] = match;
  const [method, target = '', protocol] = request.split(' ');
  const [path, ...query] = unescape(target).split('?');
  const [day, month, year, clock, zone] = time.split(/[/ ]|(?<=\d{4}):/);
  const fields = {
    timestamp: new Date(`${day ?? ''} ${month ?? ''} ${year ?? ''} ${clock ?? ''} ${zone ?? ''}`).toISOString().replace('.000Z', 'Z'),
    ip_address: client,
    ...(request === '-' ? {} : { method, path, protocol, query: query.length > 0 ? query.join('?') : undefined }),
    status: Number(status),
    bytes_sent: bytes === '-' ? 0 : Number(bytes),
    referer: referer === '-' ? undefined : unescape(referer),
    user_agent: agent === '-' ? undefined : unescape(agent),
    host,
    port: port === undefined ? undefined : Number(port),
    user: user === '-' ? undefined : user,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const isSimpleRequest = (line: string): boolean => /"(?:[A-Z]+ \S+ HTTP\/\d\.\d|-)" \d/.test(line);

const files = [
  { file: 'elastic_apache.log', format: 'combined', lines: 10_000, refused: [8899] },
  { file: 'smallsites_combined.log', format: 'combined', lines: 865, refused: [] },
  { file: 'smallsites_common.log', format: 'common', lines: 940, refused: [] },
  { file: 'smallsites_vhost.log', format: 'vhost_combined', lines: 801, refused: [] },
];

describe('real logs', () => {
  for (const { file, format, lines, refused } of files) {
    it(`${file}: every whole line parses, and means what a plain reading says`, (context) => {
      const path = join(folder, file);
      if (!existsSync(path)) {
        console.log(`SKIPPED ${path}`);
        context.skip(`SKIPPED ${path}`);
        return;
      }
      const all = readFileSync(path, 'latin1')
        .split('\n')
        .filter((line) => line !== '');
      assert.equal(all.length, lines);
      const parser = compileLogFormat(format);
      const refusals: number[] = [];
      let compared = 0;
      all.forEach((line, index) => {
        const result = parser.parse(line);
        if (result instanceof LineRefusal) {
          refusals.push(index + 1);
        } else if (isSimpleRequest(line)) {
          compared++;
          assert.deepEqual(knownFields(result), readPlainly(line), line);
        }
      });
      assert.deepEqual(refusals, refused);
      assert.ok(compared > lines * 0.9, `${compared} lines compared`);
      const detected = detectLogFormat(all.slice(0, 200));
      assert.equal(detected.parser?.name, format);
    });
  }
});
