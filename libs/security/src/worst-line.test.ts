/**
 * Searches for the line that takes longest: grows lines from what rules look for and what stands around it, keeps the slowest,
 * changes them again. `SLUICE_FUZZ_SECONDS=60 node --test libs/security/src/worst-line.test.ts` searches longer, and by the limit of
 * an idle machine; without it the limit allows for others that use the processor.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createInspector } from './create-inspector.ts';
import { requestOf } from './request-of.ts';
import { threatRules } from './rules/index.ts';

const seconds = Number(process.env.SLUICE_FUZZ_SECONDS ?? 0);
const limitMs = seconds > 0 ? 1 : 6;
const lineBytes = 8192;

const inspector = createInspector(threatRules, { targetCache: 0 });
const words = [...new Set(threatRules.flatMap((rule) => [...rule.literals, ...rule.matches.map((example) => example.text)]))];
const signs = [
  ...Array.from(`'"\`<>(){}[];|&$%+-_=*/\\.,:!?#@^~ \n0a1x`),
  '%25',
  '%2e',
  '%c0%ae',
  '%u002e',
  '&#x',
  '&lt;',
  '/*',
  '--',
  '\\u00',
  '\\x',
  '%27',
  '%20',
  '%0a',
  '\u00c0',
];

/** What a line can be long in. */
const fields = ['query', 'path', 'referer', 'user_agent'] as const;
type Field = (typeof fields)[number];

interface Line {
  readonly field: Field;
  readonly parts: readonly string[];
  readonly ms: number;
}

test('no line of 8 KiB takes long, whatever it holds', () => {
  let state = 20251125;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const part = (): string => (random(2) === 0 ? words[random(words.length)] : signs[random(signs.length)]) ?? '';
  const fresh = (): string[] => Array.from({ length: 1 + random(4) }, part);
  const changed = ({ parts }: Line): string[] => parts.toSpliced(random(parts.length + 1), random(2), ...(random(3) === 0 ? [] : [part()]));

  for (let warmUp = 0; warmUp < 200; warmUp++) inspect(fields[warmUp % fields.length] ?? 'query', fill(fresh()));
  let slowest: Line[] = [];
  const endsAt = performance.now() + Math.max(3, seconds) * 1000;
  while (performance.now() < endsAt) {
    const parent = random(3) === 0 ? undefined : slowest[random(slowest.length)];
    const parts = parent === undefined ? fresh() : changed(parent);
    if (parts.length === 0 || parts.join('').length > 400) continue;
    const field = parent?.field ?? fields[random(fields.length)] ?? 'query';
    slowest.push({ field, parts, ms: timeOf(field, parts, 3) });
    slowest = slowest.sort((a, b) => b.ms - a.ms).slice(0, 30);
  }
  // One slow run may be somebody else's doing; many are not.
  const certain = slowest.map(({ field, parts }) => ({ field, parts, ms: timeOf(field, parts, 40) })).sort((a, b) => b.ms - a.ms);
  const [worst] = certain;
  assert.ok(worst);
  console.log(`worst line: ${worst.ms.toFixed(2)} ms of ${worst.field} ${JSON.stringify(worst.parts.join('').slice(0, 120))}`);
  assert.ok(worst.ms < limitMs, JSON.stringify(certain.slice(0, 5)));
});

function fill(parts: readonly string[]): string {
  const unit = parts.join('');
  return unit.repeat(Math.ceil(lineBytes / Math.max(1, unit.length))).slice(0, lineBytes);
}

function inspect(field: Field, text: string): void {
  inspector.inspect(requestOf(field, field === 'path' ? `/${text}` : text));
}

/** The shortest of some runs. */
function timeOf(field: Field, parts: readonly string[], runs: number): number {
  const text = fill(parts);
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const startedAt = performance.now();
    inspect(field, text);
    best = Math.min(best, performance.now() - startedAt);
  }
  return best;
}
