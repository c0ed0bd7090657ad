/**
 * Turns planned fields into one function that reads a line from left to right.
 *
 * The function is generated: a loop over closures costs about 30 % more per line. The code holds our own text and numbers
 * only (see `CodeBuffer`); what a format says reaches it as values.
 */
import { createClfTimeReader } from './clf-time.ts';
import { clientKind, isAddress, isServerName } from './client-kind.ts';
import { CodeBuffer, describeLiteral } from './code-buffer.ts';
import { writeEvent } from './event-code.ts';
import { writeField } from './field-code.ts';
import * as findEnd from './find-end.ts';
import { LineRefusal } from './line-parser.ts';
import { readCount, readDuration, readPort, readStatus } from './read-number.ts';
import { isPlain, readText } from './read-text.ts';
import { createRequestParts, isToken, readRequest } from './request-line.ts';
import { TimeParts } from './time-parts.ts';

import type { LogEvent } from '@sluice/event';
import type { FieldStep } from './plan-fields.ts';

type ParseLine = (line: string) => LogEvent | LineRefusal;

/** What the generated code calls by name. */
const functions = {
  ...findEnd, clientKind, isAddress, isServerName, readCount, readDuration, readPort, readStatus,
  isPlain, readText, isToken, readRequest, LineRefusal, setExtra, isEmptyUser, isDash,
}; // prettier-ignore

/** Builds the parsing function of planned fields. Cost: once per format, under a millisecond. */
export function generateParser(steps: readonly FieldStep[]): ParseLine {
  const code = new CodeBuffer();
  const times = steps.filter((step) => step.time !== null);
  const plainTime = times.length === 1 && times[0]?.time?.clf === true && !times[0].directive.conditional;
  writeStart(code, steps[0]?.before ?? '');
  steps.forEach((_, index) => {
    writeField(code, steps, index, plainTime);
  });
  code.add(code.require('p === n', 'p', 'the end of the line'));
  if (times.length > 0 && !plainTime) writeTimes(code);
  writeEvent(code, steps);
  const timeSteps = steps.map((step) => step.time?.step ?? null);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- made of constants of these files and of numbers, never of format text
  const build = new Function('functions', 'strings', 'expected', 'timeSteps', 'clf', 'begin', 'end', 'parts', assemble(code, steps)) as (
    ...values: unknown[]
  ) => ParseLine;
  return build(functions, code.strings, code.expected, timeSteps, createClfTimeReader(), new TimeParts(), new TimeParts(), createRequestParts());
}

function assemble(code: CodeBuffer, steps: readonly FieldStep[]): string {
  return [
    '"use strict";',
    `const { ${Object.keys(functions).join(', ')} } = functions;`,
    ...code.strings.map((_, index) => `const s${index} = strings[${index}];`),
    ...steps.map((step, index) => (step.time === null ? '' : `const time${index} = timeSteps[${index}];`)),
    'return function parseLine(line) {',
    'if (line.length > 0 && line.charCodeAt(line.length - 1) === 13) line = line.slice(0, -1);',
    'const n = line.length, plain = isPlain(line);',
    'let p = 0, e = 0, timestamp = null, extra = undefined;',
    ...steps.map((_, index) => `let v${index} = null, k${index} = 0;`),
    ...code.lines,
    '};',
  ].join('\n');
}

function writeStart(code: CodeBuffer, literal: string): void {
  if (literal === '') return;
  code.add(code.require(code.literalMatches(literal, '0'), '0', `${describeLiteral(literal)} at the start`), `p = ${literal.length};`);
}

/** Times that several directives make up. What is no whole time is kept as text. */
function writeTimes(code: CodeBuffer): void {
  const start = 'let beginFrom = -1, beginTo = 0, endFrom = -1, endTo = 0; begin.reset(); end.reset();';
  code.lines.unshift(start);
  for (const moment of ['begin', 'end']) {
    const iso = `${moment}Iso`;
    code.add(
      `const ${iso} = ${moment}From < 0 ? null : ${moment}.toIso();`,
      code.require(`${iso} !== undefined`, `${moment}From`, 'a time that exists'),
      `if (${iso} === null && ${moment}From >= 0) extra = setExtra(extra, ${code.string(moment === 'end' ? 'end_time' : 'time')}, readText(line, ${moment}From, ${moment}To, plain));`,
    );
  }
  code.add(
    'timestamp = beginFrom < 0 ? endIso : beginIso;',
    `if (beginFrom >= 0 && endIso !== null) extra = setExtra(extra, ${code.string('end_time')}, endIso);`,
  );
}

/** Adds to `extra`, making it on first use. No key is `__proto__`: see `safeKey`. */
function setExtra(extra: Record<string, string | number> | undefined, key: string, value: string | number): Record<string, string | number> {
  const target = extra ?? {};
  target[key] = value;
  return target;
}

function isDash(line: string, start: number, end: number): boolean {
  return end - start === 1 && line.charCodeAt(start) === 45;
}

/** httpd writes a user whose name is empty as two quotes; quotes inside a name have backslashes. */
function isEmptyUser(line: string, start: number, end: number): boolean {
  return end - start === 2 && line.charCodeAt(start) === 34 && line.charCodeAt(start + 1) === 34;
}
