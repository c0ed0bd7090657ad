import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { buildDeadLetter, buildDocument, createMemoryStore, createRandom } from '@sluice/testing';

import { buildReport } from './build-report.ts';
import { renderReport } from './render-report.ts';
import { textWidth } from './terminal-text.ts';

import type { Report } from './report.ts';

const attacker = '\x1b[2J\x1b]0;owned\x07\u202eevil\r\nforged line\u0000漢字😀'.repeat(4);

/** A store in which every field a client decides holds the same hostile text. */
async function hostileReport(text: string, eventCount = 12): Promise<Report> {
  const store = createMemoryStore();
  const threat = { rule: text, class: text, severity: 'high', field: 'path', evidence: text } as const;
  const bot = { name: text, kind: 'other', claim: 'spoofed' } as const;
  await store.write({
    documents: Array.from({ length: eventCount }, (_, index) =>
      buildDocument(
        {
          timestamp: `2026-11-22T${String(index % 24).padStart(2, '0')}:00:00Z`,
          ip_address: text,
          path: text,
          query: text,
          method: text,
          host: text,
          referer: text,
          user_agent: text,
          request: text,
          response_time_ms: index * 7,
        },
        {
          geo_country: text,
          is_bot: true,
          bot,
          browser: text,
          os: text,
          security_threat: true,
          threats: [threat],
          threat_severity: 'high',
          threat_outcome: 'succeeded',
        },
      ),
    ),
    deadLetters: [buildDeadLetter({ message: text, origin: { source: text, log_file: text, log_offset: 0 } }, Buffer.from(text))],
  });
  return buildReport(store);
}

function assertSafe(rendered: string, width: number): void {
  for (const line of rendered.split('\n')) {
    for (const character of line) {
      const code = character.codePointAt(0)!;
      assert.ok(code >= 0x20 && !(code >= 0x7f && code <= 0x9f) && !(code >= 0x202a && code <= 0x202e), `${code} in ${JSON.stringify(line)}`);
    }
    assert.ok(textWidth(line) <= width, `${textWidth(line)} columns of ${width}: ${line}`);
  }
}

test('hostile text in any field changes nothing but its own place, and no line is wider than the terminal', async () => {
  const report = await hostileReport(attacker);
  for (const short of [true, false]) for (const width of [60, 80, 100, 132]) assertSafe(renderReport(report, { width, color: false, short }), width);
  const harmless = renderReport(await hostileReport('x'), { width: 100, color: false });
  assert.equal(renderReport(report, { width: 100, color: false }).split('\n').length, harmless.split('\n').length);
});

test('any text at any width is safe', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.integer({ min: 60, max: 140 }), fc.boolean(), async (text, width, short) => {
      assertSafe(renderReport(await hostileReport(text, 2), { width, color: false, short }), width);
    }),
    { numRuns: 60 },
  );
});

test('colour adds styles and nothing else', async () => {
  const report = await hostileReport(attacker);
  for (const short of [true, false]) {
    const colored = renderReport(report, { width: 100, color: true, short });
    assert.ok(colored.includes('\u001b[31m'));
    // eslint-disable-next-line no-control-regex -- it is escape sequences that are counted
    assert.equal(colored.replaceAll(/\u001b\[\d+m/g, ''), renderReport(report, { width: 100, color: false, short }));
  }
});

test('the short form fits a screen and says where to read on', async () => {
  const text = renderReport(await hostileReport(attacker, 24), { width: 80, color: false, short: true });
  assert.ok(text.split('\n').length <= 27, String(text.split('\n').length));
  assert.match(text, /sluice report/);
  assert.match(text, /sluice query/);
});

test('an empty store renders, short and long', async () => {
  const report = await buildReport(createMemoryStore());
  for (const short of [true, false]) assert.match(renderReport(report, { width: 80, color: false, short }), /^0 events · 0 B · 0 addresses\n/);
});

test('the chart shows the peak, quiet hours as blanks, and days where they begin', async () => {
  const store = createMemoryStore();
  const at = (day: number, hour: number, count: number) =>
    Array.from({ length: count }, () => buildDocument({ timestamp: `2026-11-${day}T${String(hour).padStart(2, '0')}:30:00Z` }));
  await store.write({ documents: [...at(20, 0, 1), ...at(20, 12, 160), ...at(21, 23, 80)], deadLetters: [] });
  const lines = renderReport(await buildReport(store), { width: 60, color: false }).split('\n');
  const from = lines.findIndex((line) => line.startsWith('Requests per hour'));
  assert.deepEqual(lines.slice(from, from + 9), [
    'Requests per hour, UTC',
    '    160 │             █',
    '        │             █',
    '        │             █',
    '        │             █                                  █',
    '        │             █                                  █',
    '        │ ▁           █                                  █',
    '      0 └─┬───────────────────────┬───────────────────────',
    '          2026-11-20              2026-11-21',
  ]);
});

test('a thousand distinct values and big numbers stay aligned', async () => {
  const store = createMemoryStore();
  const random = createRandom(4);
  await store.write({
    documents: Array.from({ length: 1000 }, (_, index) => buildDocument({ path: `/p${random.int(40)}`, bytes_sent: index * 1e9 })),
    deadLetters: [],
  });
  const lines = renderReport(await buildReport(store), { width: 100, color: false }).split('\n');
  const start = lines.indexOf('Paths') + 1;
  const rows = lines.slice(start, start + 10);
  assert.equal(new Set(rows.map((row) => row.indexOf('%'))).size, 1);
  assert.equal(new Set(rows.map((row) => row.length)).size, 1);
});
