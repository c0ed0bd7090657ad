/**
 * Code under construction. No character of a format is ever written into it: literals and keys are kept in arrays
 * and the code names them by index, so nothing that an operator pastes can become code.
 */
import { printable } from './line-parser.ts';

export class CodeBuffer {
  /** Texts that the code refers to as `s0`, `s1`, ... */
  readonly strings: string[] = [];
  /** What refusals say, referred to as `expected[0]`, ... */
  readonly expected: string[] = [];
  readonly lines: string[] = [];

  add(...lines: string[]): void {
    this.lines.push(...lines);
  }

  /** The name of a variable that holds the text. */
  string(text: string): string {
    const index = this.strings.indexOf(text);
    return `s${index < 0 ? this.strings.push(text) - 1 : index}`;
  }

  /** A statement that refuses the line when the condition does not hold. */
  require(condition: string, at: string, expectation: string): string {
    const index = this.expected.indexOf(expectation);
    return `if (!(${condition})) return new LineRefusal(line, ${at}, expected[${index < 0 ? this.expected.push(expectation) - 1 : index}]);`;
  }

  /** An expression: the literal stands at a position; an empty one stands at the end of the line. */
  literalMatches(literal: string, at: string): string {
    if (literal === '') return `${at} === n`;
    if (literal.length > maxInlineLength) return `line.startsWith(${this.string(literal)}, ${at})`;
    return Array.from({ length: literal.length }, (_, index) => `line.charCodeAt(${at} + ${index}) === ${literal.charCodeAt(index)}`).join(' && ');
  }
}

/** Literals up to this length are compared character by character, longer ones by `startsWith`. */
const maxInlineLength = 4;

/** A literal for refusals: in quotes, cut, printable. */
export function describeLiteral(literal: string): string {
  return literal === '' ? 'the end of the line' : `'${printable(literal.slice(0, 20))}'`;
}
