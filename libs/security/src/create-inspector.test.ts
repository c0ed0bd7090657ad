import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { createInspector } from './create-inspector.ts';
import { emptyRequest, requestOf } from './request-of.ts';
import { honestVerdict, isAttack } from './request-fields.ts';
import { inspectedFields } from './threat-rule.ts';
import { threatRules } from './rules/index.ts';

const inspector = createInspector(threatRules, { targetCache: 0 });
const rulesFor = (target: string): string[] =>
  inspector.inspect({ ...emptyRequest, target }).threats.map((threat) => `${threat.rule} ${threat.field}`);

const percentEncode = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
/** Letters, digits, `-._~`: what every server takes for the same, encoded or not. */
const unreserved = /[A-Za-z0-9._~-]/;

/** Targets made of what the rules look for and what stands around it. */
const pieces = [
  '../',
  '..\\',
  '<script>',
  '<script ',
  'union',
  ' ',
  '/**/',
  'all ',
  'select',
  '/etc/',
  'passwd',
  'cmd.exe',
  'a',
  '/',
  '=',
  '&',
  '1',
  '(',
  '?',
];
const targets = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }).map((parts) => `/${parts.join('')}`);
const randomText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  targets,
  fc.array(fc.constantFrom('%', '2', 'e', '5', 'u', '&', '#', 'x', '3', 'c', ';', '\0'), { maxLength: 200 }).map((parts) => parts.join('')),
);

describe('a verdict', () => {
  test('does not depend on letter case', () => {
    fc.assert(
      fc.property(targets, (target) => {
        assert.deepEqual(rulesFor(target.toUpperCase()), rulesFor(target));
      }),
    );
  });

  test('does not depend on percent-encoding of unreserved characters, once or twice', () => {
    fc.assert(
      fc.property(targets, fc.integer({ min: 0, max: 2 ** 30 }), fc.boolean(), (target, mask, twice) => {
        const encoded = target.replace(/[^]/g, (character, at: number) => {
          if (!unreserved.test(character) || ((mask >> (at % 30)) & 1) === 0) return character;
          const once = percentEncode(character);
          return twice ? once.replace('%', '%25') : once;
        });
        assert.deepEqual(rulesFor(encoded), rulesFor(target), encoded);
      }),
    );
  });

  test('is one shared object for every honest request', () => {
    const ordinary = {
      ...emptyRequest,
      target: '/a/b.html?c=d',
      referer: 'https://www.example.com/',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
      status: 200,
    };
    assert.equal(inspector.inspect(ordinary), honestVerdict);
    assert.ok(Object.isFrozen(honestVerdict));
    assert.equal(isAttack(honestVerdict), false);
  });

  test('says from the status what the attack came to', () => {
    const outcomes = [null, 101, 200, 206, 302, 304, 400, 404, 500].map(
      (status) => inspector.inspect({ ...emptyRequest, target: '/../../x', status }).outcome,
    );
    assert.deepEqual(outcomes, ['unknown', 'unknown', 'succeeded', 'succeeded', 'unknown', 'unknown', 'failed', 'failed', 'failed']);
  });

  test('adds up classes and takes the highest severity', () => {
    const verdict = inspector.inspect({ ...emptyRequest, target: '/../../etc/passwd?q=<svg/onload=x>' });
    assert.deepEqual(verdict.threats.map((threat) => `${threat.class} ${threat.field}`).sort(), ['lfi path', 'path-traversal path', 'xss query']);
    assert.equal(verdict.score, 16);
    assert.equal(verdict.severity, 'critical');
  });

  test('counts one rule once, however many fields show it', () => {
    const verdict = inspector.inspect({ ...emptyRequest, target: '/etc/passwd?f=/etc/passwd', userAgent: '/etc/passwd' });
    assert.equal(verdict.threats.filter((threat) => threat.rule === 'LFI-001').length, 3);
    assert.equal(verdict.score, 5);
  });

  test('comes for anything at all, with evidence that is short and safe to print', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...inspectedFields),
        randomText,
        fc.option(fc.integer({ min: 0, max: 999 }), { nil: null }),
        (field, text, status) => {
          const verdict = inspector.inspect({ ...requestOf(field, text), status });
          for (const { evidence } of verdict.threats) {
            assert.ok(evidence.length <= 120);
            assert.ok(evidence.isWellFormed());
            assert.doesNotMatch(evidence, /[\p{Cc}\p{Bidi_Control}]/u);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('evidence shows what was found, without control characters', () => {
  const [threat] = inspector.inspect({ ...emptyRequest, target: `/?q=${'x'.repeat(200)}%1b[31m<script>%u202ealert(1)${'y'.repeat(200)}` }).threats;
  assert.ok(threat);
  assert.match(threat.evidence, /^x+ \[31m<script> alert\(1\)y+$/);
  assert.equal(threat.evidence.length, 120);
});

describe('long texts', () => {
  test('do not hide what stands at either end', () => {
    const filler = 'a'.repeat(20_000);
    assert.deepEqual(rulesFor(`/../../x${filler}`), ['TRAVERSAL-001 path']);
    assert.deepEqual(rulesFor(`/${filler}/../../x`), ['TRAVERSAL-001 path']);
  });

  test('are not joined where they are cut', () => {
    assert.deepEqual(rulesFor(`/%20${'a'.repeat(4084)} union${'a'.repeat(20_000)}select${'a'.repeat(4088)}`), []);
  });

  test('cost a bounded time whatever they hold', () => {
    const units = [
      'a',
      ' ',
      "'",
      '%',
      '%25',
      '%2e',
      '%c0%ae',
      '%u002e',
      '&#46;',
      '&#',
      '&lt;',
      '..',
      '../',
      './',
      '\\',
      '<script',
      '<script ',
      '<script>a ',
      'union',
      'union ',
      'union/*',
      'union(',
      'union all ',
      'union select ',
      'union select a b ',
      'passwd',
      'etc/passwd',
      '////passwd',
      'cmd.exe',
      ' cmd.exe a b',
      '\0',
      '\u00c0\u00ae',
      '\uff0e',
      '*/',
      '/*',
      '/*!1',
    ];
    let slowest = { unit: '', ms: 0 };
    for (const unit of units) {
      const text = unit.repeat(Math.ceil(8192 / unit.length)).slice(0, 8192);
      const fields = { ...emptyRequest, target: text, referer: text, userAgent: text };
      let best = Infinity;
      for (let run = 0; run < 16; run++) {
        const startedAt = performance.now();
        inspector.inspect(fields);
        best = Math.min(best, performance.now() - startedAt);
      }
      if (best > slowest.ms) slowest = { unit, ms: best };
    }
    // Three fields of 8 KiB at once; a quadratic step would take tens of milliseconds.
    assert.ok(slowest.ms < 10, JSON.stringify(slowest));
    console.log(`slowest 3 x 8 KiB: ${slowest.ms.toFixed(2)} ms of ${JSON.stringify(slowest.unit)}`);
  });
});

describe('remembered targets', () => {
  test('give the same threats, and each request its own outcome', () => {
    const remembering = createInspector(threatRules, { targetCache: 10 });
    const first = remembering.inspect({ ...emptyRequest, target: '/?f=/etc/passwd', status: 200 });
    const second = remembering.inspect({ ...emptyRequest, target: '/?f=/etc/passwd', status: 404 });
    assert.deepEqual(second.threats, first.threats);
    assert.deepEqual([first.outcome, second.outcome], ['succeeded', 'failed']);
    assert.deepEqual(remembering.cacheStats(), { hits: 1, misses: 1, entries: 1 });
  });

  test('are not looked up for ordinary requests, which cost less than a look-up', () => {
    const remembering = createInspector(threatRules, { targetCache: 10 });
    remembering.inspect({ ...emptyRequest, target: '/index.html' });
    assert.deepEqual(remembering.cacheStats(), { hits: 0, misses: 0, entries: 0 });
  });
});
