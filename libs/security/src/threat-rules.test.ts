import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { createInspector } from './create-inspector.ts';
import { createTextDecoder, noQuery } from './decode-text.ts';
import { emptyRequest, requestWith } from './request-with.test-data.ts';
import { alertScore, honestVerdict } from './request-fields.ts';
import { threatRules } from './threat-rules.ts';

const inspector = createInspector(threatRules, { targetCache: 0 });
const decode = createTextDecoder();

for (const rule of threatRules) {
  describe(rule.id, () => {
    for (const { field, text } of rule.matches) {
      test(`finds ${field} ${text}`, () => {
        const { threats, score } = inspector.inspect(requestWith(field, text));
        const threat = threats.find((candidate) => candidate.rule === rule.id);
        assert.equal(threat?.field, field);
        assert.equal(threat.class, rule.class);
        assert.ok(score >= rule.score);
      });
    }
    for (const { field, text } of rule.honest) {
      test(`lets pass ${field} ${text}`, () => {
        assert.equal(inspector.inspect(requestWith(field, text)), honestVerdict);
      });
    }

    test('has literals that every match contains once decoded, so that looking for them first hides nothing', () => {
      for (const { field, text } of rule.matches) {
        const decoded = decode(text, field === 'query' ? 0 : noQuery);
        assert.ok(
          rule.literals.some((literal) => decoded.includes(literal)),
          text,
        );
      }
      for (const literal of rule.literals) assert.equal(literal, literal.toLowerCase());
    });

    test('is needed: without it one of its examples passes', () => {
      const others = createInspector(
        threatRules.filter((candidate) => candidate !== rule),
        { targetCache: 0 },
      );
      assert.ok(rule.matches.some(({ field, text }) => others.inspect(requestWith(field, text)) === honestVerdict));
    });

    test('alerts by itself and says where to read on', () => {
      assert.ok(rule.score >= alertScore);
      assert.match(rule.refs.join(' '), /CWE-\d+.* T\d{4}/);
    });
  });
}

test('rule ids are unique', () => {
  assert.equal(new Set(threatRules.map((rule) => rule.id)).size, threatRules.length);
});

test('a request of nothing is honest', () => {
  assert.equal(inspector.inspect(emptyRequest), honestVerdict);
});
