/** Judged on real and collected requests; skipped where the collection is not at hand. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { createInspector } from './create-inspector.ts';
import { detectBot } from './detect-bot.ts';
import { emptyRequest } from './request-of.ts';
import { isAttack } from './request-fields.ts';
import { threatRules } from './rules/index.ts';

const folder = path.join(import.meta.dirname, '../../../../shared/data');

function rowsOf(file: string): unknown[] | null {
  const name = path.join(folder, file);
  if (!existsSync(name)) {
    console.log(`SKIPPED ../shared/data/${file}`);
    return null;
  }
  return readFileSync(name, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

interface RequestRow {
  corpus: string;
  label: string;
  uri: string;
  hard?: boolean;
  headers: { referer?: string; user_agent?: string };
}

const inspector = createInspector(threatRules, { targetCache: 0 });
const isFlagged = ({ uri, headers }: RequestRow): boolean =>
  isAttack(inspector.inspect({ ...emptyRequest, target: uri, referer: headers.referer ?? null, userAgent: headers.user_agent ?? null }));

test('no honest request is called an attack', (context) => {
  const rows = [...(rowsOf('detection/benign.jsonl') ?? []), ...(rowsOf('detection/real_requests.jsonl') ?? [])] as RequestRow[];
  const honest = rows.filter((row) => row.label === 'benign' && row.hard !== true);
  if (honest.length === 0) {
    context.skip('no data');
    return;
  }
  assert.deepEqual(
    honest.filter(isFlagged).map((row) => row.uri),
    [],
  );
});

test('attacks of the five kinds are found however they are written', (context) => {
  const rows = rowsOf('detection/attacks.jsonl') as RequestRow[] | null;
  if (rows === null) {
    context.skip('no data');
    return;
  }
  // Rows that hold the plain text of a rule, in a form anyone would write it; other spellings are for the rules to come.
  const plain = rows.filter((row) =>
    /\.\.[/\\]\.\.[/\\]|<script>|union (all )?select|\/etc\/passwd|system32\/cmd\.exe/i.test(decodeURIComponentSafely(row.uri)),
  );
  const found = plain.filter(isFlagged);
  console.log(`found ${found.length} of ${plain.length}`);
  assert.ok(found.length / plain.length > 0.98, `${found.length} of ${plain.length}`);
});

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface AgentRow {
  ua: string;
  tags?: string[];
}

test('bots are found, people are left alone', (context) => {
  const bots = rowsOf('bots/bots.jsonl') as AgentRow[] | null;
  const people = rowsOf('bots/humans.jsonl') as AgentRow[] | null;
  if (bots === null || people === null) {
    context.skip('no data');
    return;
  }
  const recall = bots.filter(({ ua }) => detectBot(ua) !== null).length / bots.length;
  const falsePositives = people.filter(({ ua }) => detectBot(ua) !== null).length / people.length;
  console.log(`bots ${(recall * 100).toFixed(2)} %, people ${(falsePositives * 100).toFixed(2)} %`);
  assert.ok(recall >= 0.97);
  assert.ok(falsePositives <= 0.005);
});
