/**
 * From tokens to the steps of a parser: what stands before and after each field, and where its value goes.
 */
import { describeDirective } from './directive-fields.ts';
import { formatError } from './log-format-syntax.ts';
import { clfTimeFormat, compileTimeFormat, isFraction } from './strftime.ts';

import type { FieldSpec, Goal } from './directive-fields.ts';
import type { Directive, FormatToken } from './log-format-syntax.ts';
import type { TimeStep } from './strftime.ts';

/** Where a value goes: to its goal, to `extra` under a key, or nowhere (it was logged twice). */
export type Destination = { readonly to: 'goal' } | { readonly to: 'extra'; readonly key: string } | { readonly to: 'nowhere' };

export interface TimeField {
  readonly moment: 'begin' | 'end';
  readonly step: TimeStep;
  readonly clf: boolean;
}

export interface FieldStep {
  readonly directive: Directive;
  readonly spec: FieldSpec;
  /** Literals next to the field; empty at the ends of the format and between `%U%q`. */
  readonly before: string;
  readonly after: string;
  readonly destination: Destination;
  /** Only for times. */
  readonly time: TimeField | null;
}

/**
 * Plans the parser of a tokenized format.
 *
 * Errors: LOG_FORMAT_INVALID for a directive that does not exist, two fields with nothing between them, or no field at all.
 */
export function planFields(tokens: readonly FormatToken[]): FieldStep[] {
  const fields = tokens.flatMap((token, index) => {
    if (token.kind === 'literal') return [];
    const spec = describeDirective(token);
    const [before, after] = [literalAt(tokens, index - 1), literalAt(tokens, index + 1)];
    return [{ directive: token, spec, before, after, time: spec.kind === 'time' ? planTime(token, tokens[index + 1]) : null }];
  });
  if (fields.length === 0)
    throw formatError(1, 'the format names no field', "A LogFormat has directives like %h; nicknames are 'combined', 'common', ...");
  fields.forEach((field, index) => {
    const next = fields[index + 1];
    if (field.after === '' && next !== undefined) requireSeparable(field.directive, field.spec, next.directive, next.spec);
  });
  const destinations = assignDestinations(fields);
  return fields.map((field, index) => ({ ...field, destination: destinations[index] ?? { to: 'nowhere' } }));
}

function literalAt(tokens: readonly FormatToken[], index: number): string {
  const token = tokens[index];
  return token?.kind === 'literal' ? token.text : '';
}

const selfDelimiting: ReadonlySet<string> = new Set(['time', 'status', 'connection']);
const numbers: ReadonlySet<string> = new Set(['count', 'port', 'duration']);

function requireSeparable(directive: Directive, spec: FieldSpec, next: Directive, nextSpec: FieldSpec): void {
  if (selfDelimiting.has(spec.kind) || (spec.kind === 'target' && nextSpec.kind === 'query')) return;
  if (nextSpec.kind === 'connection' && numbers.has(spec.kind)) return;
  throw formatError(
    next.column,
    `nothing separates ${directive.text} from ${next.text}`,
    'Put a blank or quotes between them, here and in the Apache configuration.',
  );
}

function planTime(directive: Directive, next: FormatToken | undefined): TimeField {
  const [, moment, colon, rest] = /^(begin|end)?(:)?(.*)$/s.exec(directive.argument ?? '') ?? [];
  const prefixed = moment !== undefined && (colon === ':' || rest === '');
  const named = prefixed ? (rest ?? '') : (directive.argument ?? '');
  const format = named === '' ? clfTimeFormat : named;
  const fixedWidth = next?.kind === 'directive' && next.letter === 't' && isFraction((next.argument ?? '').replace(/^(begin|end):/, ''));
  const step = compileTimeFormat(format, fixedWidth);
  if (typeof step === 'string') {
    throw formatError(
      directive.column,
      `${directive.text} has the conversion '${step}', which is not supported`,
      'Use numeric conversions such as %Y-%m-%dT%H:%M:%S%z.',
    );
  }
  return { moment: prefixed && moment === 'end' ? 'end' : 'begin', step, clf: named === '' };
}

const partsOfRequest: readonly (Goal | null)[] = ['method', 'path', 'query', 'protocol'];

function assignDestinations(fields: readonly { readonly directive: Directive; readonly spec: FieldSpec }[]): Destination[] {
  const best = new Map<Goal, number>();
  fields.forEach(({ spec }, index) => {
    if (spec.goal === null) return;
    const holder = best.get(spec.goal);
    if (holder === undefined || spec.rank > (fields[holder]?.spec.rank ?? 0)) best.set(spec.goal, index);
  });
  const keys = new Set<string>();
  const written = new Set<string>();
  return fields.map(({ directive, spec }, index) => {
    const again = written.has(directive.text);
    written.add(directive.text);
    const whole = best.has('request') && partsOfRequest.includes(spec.goal);
    if (spec.goal !== null && best.get(spec.goal) === index && !whole) return { to: 'goal' };
    if (spec.extraKey === '' || again) return { to: 'nowhere' };
    const key = unusedKey(safeKey(spec.extraKey), keys);
    keys.add(key);
    return { to: 'extra', key };
  });
}

/** A key that no consumer of JSON mistakes for the prototype of an object, or drops: `__proto__` becomes `_proto_`. */
export function safeKey(key: string): string {
  return key === '__proto__' ? '_proto_' : key;
}

function unusedKey(key: string, used: ReadonlySet<string>): string {
  if (!used.has(key)) return key;
  let number = 2;
  while (used.has(`${key}_${number}`)) number++;
  return `${key}_${number}`;
}
