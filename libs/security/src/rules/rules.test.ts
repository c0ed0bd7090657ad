/** Every rule's own examples, and what holds for the table as a whole. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { createInspector } from '../create-inspector.ts';
import { honestVerdict, isAttack } from '../request-fields.ts';
import { requestOf } from '../request-of.ts';
import { classTitles, renderRuleDocs } from '../render-rule-docs.ts';
import { threatRules } from './index.ts';

const inspector = createInspector(threatRules, { targetCache: 0 });

for (const rule of threatRules) {
  describe(rule.id, () => {
    const alone = createInspector([rule], { targetCache: 0 });

    for (const { field, text } of rule.matches) {
      test(`finds ${field} ${JSON.stringify(text)}`, () => {
        const threat = alone.inspect(requestOf(field, text)).threats.find((candidate) => candidate.field === field);
        assert.equal(threat?.rule, rule.id);
        assert.equal(threat.class, rule.class);
        const { score, threats } = inspector.inspect(requestOf(field, text));
        assert.ok(score >= rule.score);
        assert.ok(threats.some((candidate) => candidate.rule === rule.id));
      });
    }
    for (const { field, text } of rule.honest) {
      test(`lets pass ${field} ${JSON.stringify(text)}`, () => {
        assert.equal(alone.inspect(requestOf(field, text)), honestVerdict);
        assert.equal(isAttack(inspector.inspect(requestOf(field, text))), false);
      });
    }

    test('is needed: without it one of its examples weighs less', () => {
      const others = createInspector(
        threatRules.filter((candidate) => candidate !== rule),
        { targetCache: 0 },
      );
      assert.ok(
        rule.matches.some(({ field, text }) => others.inspect(requestOf(field, text)).score < inspector.inspect(requestOf(field, text)).score),
      );
    });

    test('is written as the table asks', () => {
      assert.match(rule.id, /^[A-Z0-9-]+-\d{3}$/);
      assert.match(rule.refs.join(' '), /\bT\d{4}/);
      assert.match(rule.title, /\.$/);
      assert.ok(rule.matches.length > 0 && rule.honest.length > 0);
      for (const literal of rule.literals) assert.match(literal, /^[ -@[-~]+$/, literal);
      assert.equal(new Set(rule.literals).size, rule.literals.length);
      if (rule.literals.length === 0) assert.ok(rule.find !== undefined && rule.fields?.every((field) => field === 'request' || field === 'method'));
      assert.ok(rule.pattern === undefined || rule.find === undefined);
      if (rule.pattern !== undefined) {
        assert.ok(rule.pattern.sticky && !rule.pattern.global);
        assert.deepEqual(unboundedRepeats(rule.pattern.source), [], 'a pattern looks a bounded way');
      }
    });
  });
}

test('rule ids are unique', () => {
  assert.equal(new Set(threatRules.map((rule) => rule.id)).size, threatRules.length);
});

test('every class is documented, and no other', () => {
  assert.deepEqual(new Set(threatRules.map((rule) => rule.class)), new Set(Object.keys(classTitles)));
  for (const rule of threatRules) assert.ok(renderRuleDocs(threatRules).includes(`\`${rule.id}\``));
});

/** Repeats without an upper bound: `*`, `+`, `{2,}`, outside of classes of characters. */
function unboundedRepeats(source: string): string[] {
  const plain = source.replace(/\\./g, '_').replace(/\[[^\]]*\]/g, '_');
  return plain.match(/.{0,10}(?:[*+]|\{\d+,\})/g) ?? [];
}
