import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { createInspector } from '../create-inspector.ts';
import { ownFindings } from '../own-findings.ts';
import { emptyRequest } from '../request-of.ts';
import { honestVerdict } from '../request-fields.ts';
import { threatRules } from '../rules/index.ts';
import { parseRulesFile } from './parse-rules-file.ts';
import { applyRulesFile, applyToOwn } from './rules-file.ts';
import { testRules } from './test-rules.ts';

import type { Verdict } from '../request-fields.ts';
import type { RulesFile } from './rules-file.ts';

const example = `rules:
  - id: LOCAL-001
    class: old-admin
    severity: medium
    score: 5
    title: The entrance that we closed.
    fields: [path]
    contains: [/old-admin, /legacy/login]
    place: start
    matches: [/old-admin/x, /Legacy/login]
    honest: [/new/old-admin]
silence:
  - class: sqli
    path_prefix: /sql-course/
  - id: UA-001
    address: [203.0.113.0/24, '2001:db8::/32']
score:
  - class: open-redirect
    score: 3
`;

function read(text: string): RulesFile {
  const parsed = parseRulesFile(text, threatRules);
  assert.ok('file' in parsed, JSON.stringify(parsed));
  return parsed.file;
}

function inspectorFor(text: string): ReturnType<typeof createInspector> {
  const file = read(text);
  return createInspector(applyRulesFile(threatRules, file), { targetCache: 10, silences: file.silences, own: applyToOwn(ownFindings, file) });
}

describe('a rules file', () => {
  const inspector = inspectorFor(example);

  test('adds rules, which find what they look for however it is encoded', () => {
    const verdict = inspector.inspect({ ...emptyRequest, target: '/%6fld-admin/' });
    assert.deepEqual(
      verdict.threats.map((threat) => threat.rule),
      ['LOCAL-001'],
    );
    assert.equal(verdict.score, 5);
    assert.equal(inspector.inspect({ ...emptyRequest, target: '/new/old-admin' }), honestVerdict);
  });

  test('silences a class below a path, and elsewhere not', () => {
    const attack = "id=1'+or+'1'='1";
    assert.equal(inspector.inspect({ ...emptyRequest, target: `/sql-course/1?${attack}` }), honestVerdict);
    assert.notEqual(inspector.inspect({ ...emptyRequest, target: `/shop?${attack}` }), honestVerdict);
  });

  test('silences a rule for addresses', () => {
    const scan = { ...emptyRequest, target: '/', userAgent: 'sqlmap/1.7' };
    assert.equal(inspector.inspect({ ...scan, ip: '203.0.113.7' }), honestVerdict);
    assert.notEqual(inspector.inspect({ ...scan, ip: '198.51.100.7' }), honestVerdict);
  });

  test('changes what a class weighs', () => {
    assert.equal(inspector.inspect({ ...emptyRequest, target: '/?next=https:example.com' }).score, 3);
  });

  test('changes what a session id weighs that a link of another site brought', () => {
    const request = { ...emptyRequest, target: '/?PHPSESSID=abcdef0123456789', referer: 'https://evil.example/', host: 'shop.test' };
    assert.equal(inspectorFor('').inspect(request).score, 5);
    assert.equal(inspectorFor('score: [{ id: FIXATION-002, score: 2 }]').inspect(request).score, 2);
  });

  test('silences and weighs what no rule finds', () => {
    const crawler = { ...emptyRequest, target: '/', userAgent: 'Googlebot/2.1', ip: '203.0.113.7' };
    const verdictWith = (text: string): Verdict => inspectorFor(text).inspect(crawler, true);
    assert.deepEqual([verdictWith('').score, verdictWith('').threats.map(({ rule }) => rule)], [5, ['BOT-001']]);
    assert.equal(verdictWith('score: [{ id: BOT-001, score: 2 }]').score, 2);
    assert.equal(verdictWith('silence: [{ class: false-bot, address: 203.0.113.0/24 }]'), honestVerdict);
    const overloaded = { ...emptyRequest, target: `/?q=${'union select '.repeat(500)}` };
    const rulesIn = (text: string): readonly string[] => inspectorFor(text).inspect(overloaded).threats.map(({ rule }) => rule); // prettier-ignore
    assert.ok(rulesIn('').includes('PROTO-000'), rulesIn('').join(' '));
    assert.ok(!rulesIn('silence: [{ id: PROTO-000 }]').includes('PROTO-000'));
  });

  test('has its examples tested', () => {
    const results = testRules(read(example).rules);
    assert.equal(results.length, 3);
    assert.ok(results.every((result) => result.passed));
    const wrong = testRules(read(example.replace('honest: [/new', 'honest: [/old-admin/new')).rules);
    assert.deepEqual(
      wrong.filter((result) => !result.passed).map(({ rule, wanted }) => `${rule} ${wanted}`),
      ['LOCAL-001 no match'],
    );
  });

  test('may be empty', () => {
    assert.deepEqual(read(''), { rules: [], silences: [], rescores: [] });
    assert.deepEqual(read('rules: []\n'), { rules: [], silences: [], rescores: [] });
  });
});

test('every error of a file is told with its line', () => {
  const parsed = parseRulesFile(
    `rules:
  - id: SQLI-001
    score: 50
    contains: x
    colour: red
  - severity: awful
    score: 5
silence:
  - class: nothing
  - address: 300.1.2.3
  - {}
score: 7
`,
    threatRules,
  );
  assert.ok('errors' in parsed);
  assert.deepEqual(
    parsed.errors.map(({ line, path, message }) => `${line} ${path}: ${message.slice(0, 34)}`),
    [
      '2 rules[0].id: there is a rule SQLI-001 already',
      '3 rules[0].score: expected a whole number from 1 to ',
      '4 rules[0].contains: expected 2 to 200 printable charac',
      '5 rules[0].colour: unknown; expected one of id, class',
      '6 rules[1].id: expected an id such as LOCAL-001',
      '6 rules[1].severity: expected one of low, medium, high,',
      '6 rules[1].contains: expected a text or a list of texts',
      '9 silence[0].class: there is no class nothing',
      '10 silence[1].address: no address or range: 300.1.2.3; ex',
      '11 silence[2]: expected at least one of id, class',
      '12 score: expected a list',
    ],
  );
});

test('a file that is no YAML, or something else, is an error, never an exception', () => {
  for (const text of ['a: [', '- 1', 'x', '{', 'rules: 5', 'rules: [1]', 'a: 1\na: 2', '&a [*a]']) {
    assert.ok('errors' in parseRulesFile(text, threatRules), text);
  }
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => void parseRulesFile(text, threatRules)));
});
