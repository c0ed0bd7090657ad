/**
 * The code of each field of a generated parser: find its end, read its value, go on after it.
 *
 * Variables of the generated function: `line`, `n` its length, `plain` (no escapes in the line), `p` start of the field,
 * `e` its end, `v<i>` the value of field i (null: logged as `-`), `k<i>` the kind of a client.
 */
import { clfTimeLength } from './clf-time.ts';
import { clientKinds } from './client-kind.ts';
import { describeLiteral } from './code-buffer.ts';
import { printable } from './line-parser.ts';

import type { CodeBuffer } from './code-buffer.ts';
import type { FieldStep } from './plan-fields.ts';

/** Writes the code that reads field `index` and leaves `p` at the start of the next one. */
export function writeField(code: CodeBuffer, steps: readonly FieldStep[], index: number, plainTime: boolean): void {
  const step = steps[index];
  if (step === undefined) return;
  const adjacent = step.after === '' && index + 1 < steps.length;
  const body = step.time === null ? valueCode(code, steps, index, step) : timeCode(code, index, step, plainTime);
  if (step.time !== null && step.directive.conditional) {
    const absent = adjacent ? 'true' : code.literalMatches(step.after, 'p + 1');
    code.add(`if (line.charCodeAt(p) === 45 && ${absent}) e = p + 1; else {`, ...body, '}');
  } else {
    code.add(...body);
  }
  if (!adjacent) {
    code.add(code.require(code.literalMatches(step.after, 'e'), 'e', `${describeLiteral(step.after)} after ${printable(step.directive.text)}`));
  }
  code.add(`p = e + ${step.after.length};`);
}

function timeCode(code: CodeBuffer, index: number, step: FieldStep, plainTime: boolean): string[] {
  const expectation = `a time (${printable(step.directive.text)})`;
  if (plainTime) return [`timestamp = clf(line, p); e = p + ${clfTimeLength};`, code.require('timestamp !== null', 'p', expectation)];
  const moment = step.time?.moment === 'end' ? 'end' : 'begin';
  return [
    `e = time${index}(line, p, ${moment});`,
    code.require('e >= 0', 'p', expectation),
    `if (${moment}From < 0) ${moment}From = p;`,
    `${moment}To = e;`,
  ];
}

/** Statements that end with `e` and `v<index>` set, or the line refused. */
function valueCode(code: CodeBuffer, steps: readonly FieldStep[], index: number, step: FieldStep): string[] {
  const quoted = isQuoted(step);
  const what = quoted ? `${step.spec.meaning}, then '"'` : step.spec.meaning;
  const end = [`e = ${endExpression(code, steps, index, step, quoted)};`, code.require('e >= 0', quoted ? 'n' : 'p', what)];
  const value = `v${index}`;
  const valid = (condition: string): string => code.require(condition, 'p', step.spec.meaning);
  const text = `${value} = isDash(line, p, e) ? null : readText(line, p, e, plain);`;
  const read = (name: string): string[] => [`${value} = ${name}(line, p, e);`, valid(`${value} !== undefined`)];
  switch (step.spec.kind) {
    case 'client':
      return [
        ...end,
        `k${index} = clientKind(line, p, e);`,
        valid(`k${index} ${hasServerNameBefore(steps, index) ? `> ${clientKinds.absent}` : `!== ${clientKinds.invalid}`}`),
        `if (k${index} !== ${clientKinds.absent}) ${value} = line.slice(p, e);`,
      ];
    case 'server_name':
      return [...end, `if (!isDash(line, p, e)) { ${valid('isServerName(line, p, e)')} ${value} = line.slice(p, e); }`];
    case 'identity':
      return [...end, `if (!isDash(line, p, e)) { ${valid('e > p && !isAddress(line, p, e)')} ${value} = readText(line, p, e, plain); }`];
    case 'user':
      // A user that starts with a blank after a dash is the next column of another format.
      return [
        ...end,
        `if (!isDash(line, p, e)) { ${valid('e > p && !(line.charCodeAt(p) === 45 && line.charCodeAt(p + 1) === 32)')}`,
        `${value} = isEmptyUser(line, p, e) ? '' : readText(line, p, e, plain); }`,
      ];
    case 'request':
      return step.destination.to === 'goal' ? [...end, 'readRequest(line, p, e, plain, parts);'] : [...end, text];
    case 'query':
      return [...end, `if (e > p && !isDash(line, p, e)) { ${valid('line.charCodeAt(p) === 63')} ${value} = readText(line, p + 1, e, plain); }`];
    case 'protocol':
      return [...end, text, valid(`${value} === null || (${value} !== '' && !${value}.includes(' '))`)];
    case 'connection':
      return [...end, `${value} = line.slice(p, e);`, valid(`${value} === 'X' || ${value} === '+' || ${value} === '-'`)];
    case 'count':
      return [...end, ...read('readCount')];
    case 'port':
      return [...end, ...read('readPort')];
    case 'status':
      return [...end, ...read('readStatus')];
    case 'duration':
      return [...end, ...read('readDuration')];
    case 'text':
    case 'method':
    case 'target':
    case 'time':
      return [...end, text];
  }
}

const escapedKinds: ReadonlySet<string> = new Set(['text', 'request', 'method', 'target', 'query', 'protocol', 'user', 'identity']);

/** What ends at a quote ends at the first one without a backslash, wherever it began. */
function isQuoted(step: FieldStep): boolean {
  return step.after.startsWith('"') && escapedKinds.has(step.spec.kind);
}

/** With a server name in front, a client of `-` means that the line has a column less than the format. */
function hasServerNameBefore(steps: readonly FieldStep[], index: number): boolean {
  return steps[index - 1]?.spec.kind === 'server_name' || (steps[index - 1]?.spec.kind === 'port' && steps[index - 2]?.spec.kind === 'server_name');
}

function endExpression(code: CodeBuffer, steps: readonly FieldStep[], index: number, step: FieldStep, quoted: boolean): string {
  const next = steps[index + 1];
  const after = code.string(step.after);
  switch (step.spec.kind) {
    case 'status':
      return 'line.charCodeAt(p) === 45 ? p + 1 : p + 3';
    case 'connection':
      return 'p + 1';
    case 'count':
    case 'port':
    case 'duration':
      return 'endOfNumber(line, p)';
    case 'server_name':
      return 'endOfHost(line, p)';
    case 'client':
      if (step.after === '') return 'n';
      return attaches.includes(step.after[0] ?? '') ? `endOfAttached(line, p, ${after})` : `line.indexOf(${after}, p)`;
    case 'user':
      if (quoted) return `line.startsWith(${code.string(`""${step.after}`)}, p) ? p + 2 : endOfQuoted(line, p)`;
      if (next?.time?.clf === true && !next.directive.conditional) return `endOfUser(line, p, ${after}, ${code.string(next.after)})`;
      return `line.startsWith(${code.string(`""${step.after}`)}, p) ? p + 2 : endOfText(line, p, ${after})`;
    case 'request':
      return quoted ? 'endOfQuoted(line, p)' : `endOfBareRequest(line, p, ${after})`;
    default:
      break;
  }
  if (quoted) return 'endOfQuoted(line, p)';
  if (step.spec.kind === 'target' && step.after === '' && next?.spec.kind === 'query') {
    return `endOfTarget(line, p, ${endExpression(code, steps, index + 1, next, isQuoted(next))})`;
  }
  if (next?.spec.kind === 'protocol' && next.after.startsWith('"') && step.after !== '') return `endBeforeLast(line, p, ${after})`;
  if (isAddressList(step)) return `endOfList(line, p, ${after})`;
  return `endOfText(line, p, ${after})`;
}

/** Each proxy adds its address behind a comma and a blank. */
function isAddressList({ directive, after }: FieldStep): boolean {
  return directive.letter === 'i' && directive.argument?.toLowerCase() === 'x-forwarded-for' && after.startsWith(' ');
}

/** Characters that may belong to an address or name themselves. */
const attaches = ':.-_%';
