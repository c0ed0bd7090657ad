/**
 * Lines of the shared generator, which knows what each one means: traffic, bots, attacks, oddities, broken lines.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { comparableFields, createLogGenerator, generatedFormats } from '@sluice/testing';

import { compileLogFormat } from './compile-log-format.ts';
import { detectLogFormat } from './detect-log-format.ts';
import { LineRefusal } from './line-parser.ts';

const lineCount = 20_000;

describe('generated traffic', () => {
  for (const format of generatedFormats) {
    it(`in ${format} is read as what happened; broken lines are refused`, () => {
      const generator = createLogGenerator({ seed: 11, format, oddities: true });
      const parser = compileLogFormat(format);
      for (let i = 0; i < lineCount; i++) {
        const { line, expected, unsettled, label } = generator.next();
        const text = line.toString('latin1');
        const result = parser.parse(text);
        if (expected === null) assert.ok(result instanceof LineRefusal, `taken: ${text}`);
        else if (result instanceof LineRefusal) assert.fail(`${label}: ${result.message}: ${text}`);
        else assert.deepEqual(comparableFields(result, unsettled), comparableFields(expected, unsettled), `${label}: ${text}`);
      }
    });

    it(`in ${format} is recognised`, () => {
      const generator = createLogGenerator({ seed: 12, format, oddities: true });
      const lines = Array.from({ length: 200 }, () => generator.next().line.toString('latin1'));
      assert.equal(detectLogFormat(lines).parser?.name, format);
    });
  }
});
