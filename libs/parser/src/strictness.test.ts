/**
 * 20,000 valid lines, odd ones among them, of which none may be refused, and 20,000 broken ones, of which none may be taken.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { brokenKinds, createStrictnessLines } from '@sluice/testing';

import { compileLogFormat } from './compile-log-format.ts';
import { createLineParser } from './create-line-parser.ts';
import { LineRefusal } from './line-parser.ts';

const lineCount = 20_000;
const combined = compileLogFormat('combined');
const auto = createLineParser('auto');

describe('strictness', () => {
  for (const parser of [combined, auto]) {
    it(`of ${parser.name}: refuses none of ${lineCount} valid lines`, () => {
      const lines = createStrictnessLines(1);
      for (let i = 0; i < lineCount; i++) {
        const line = lines.valid();
        const result = parser.parse(line);
        if (result instanceof LineRefusal) assert.fail(`${result.message}\n${JSON.stringify(line)}`);
      }
    });
  }

  for (const kind of brokenKinds) {
    it(`of combined: takes none of ${lineCount / brokenKinds.length} lines broken by: ${kind}`, () => {
      const lines = createStrictnessLines(2);
      for (let i = 0; i < lineCount / brokenKinds.length; i++) {
        const line = lines.broken(kind);
        if (!(combined.parse(line) instanceof LineRefusal)) assert.fail(`taken: ${JSON.stringify(line)}`);
      }
    });
  }

  it('of a guessed format: takes of the broken lines only cuts that are whole common lines', () => {
    const lines = createStrictnessLines(3);
    const common = compileLogFormat('common');
    for (const kind of brokenKinds) {
      for (let i = 0; i < lineCount / brokenKinds.length; i++) {
        const line = lines.broken(kind);
        if (auto.parse(line) instanceof LineRefusal) continue;
        assert.ok(kind === 'cut' && !(common.parse(line) instanceof LineRefusal), `taken (${kind}): ${JSON.stringify(line)}`);
      }
    }
  });
});
