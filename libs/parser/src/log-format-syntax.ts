/**
 * The syntax of a LogFormat string: from the text of an Apache configuration to literals and directives.
 * Source: mod_log_config documentation, Apache 2.4.
 */
import { SluiceError } from '@sluice/errors';

export interface Literal {
  readonly kind: 'literal';
  readonly text: string;
}

export interface Directive {
  readonly kind: 'directive';
  /** One letter, or `^ti`, `^to`, `^FB` and the like. */
  readonly letter: string;
  /** What stood in braces. */
  readonly argument: string | null;
  /** `>`: of the final request, `<`: of the original one. */
  readonly redirect: '>' | '<' | null;
  /** Logged as `-` for some statuses: `%!200,304{...}i`. */
  readonly conditional: boolean;
  /** 1-based column in the format. */
  readonly column: number;
  /** As it was written. */
  readonly text: string;
}

export type FormatToken = Literal | Directive;

export interface FormatSource {
  /** The format itself, quotes and escapes of the configuration file undone. */
  readonly format: string;
  /** The name that the directive gives it. */
  readonly name: string | null;
}

/** The error for a format that cannot be compiled. `column` is 1-based in the format itself. */
export function formatError(column: number, problem: string, hint: string): SluiceError {
  return new SluiceError('LOG_FORMAT_INVALID', `LogFormat, column ${column}: ${problem}`, { hint, data: { column } });
}

const maxFormatLength = 8192;

/**
 * Takes the format out of what an operator pasted: the bare string, the quoted string, or a whole
 * `LogFormat "..." name` or `CustomLog file "..."` line.
 *
 * Errors: LOG_FORMAT_INVALID.
 */
export function readFormatSource(text: string): FormatSource {
  if (text.length > maxFormatLength)
    throw formatError(1, `the format has more than ${maxFormatLength} characters`, 'Give the LogFormat string alone.');
  const trimmed = text.trim();
  const directive = /^(LogFormat|CustomLog)[ \t]/i.exec(trimmed)?.[1]?.toLowerCase();
  if (directive !== undefined) {
    const words = configurationWords(trimmed);
    const [format, name] = directive === 'logformat' ? [words[1], words[2]] : [words[2], undefined];
    if (format === undefined) throw formatError(1, 'the directive names no format', 'Copy the whole line, with the quoted format.');
    return { format, name: name ?? null };
  }
  if (/^".*\\".*"$/s.test(trimmed)) return { format: configurationWords(trimmed)[0] ?? '', name: null };
  // A bare string keeps its own blanks, except line ends that a YAML block scalar adds.
  return { format: text.replace(/[\r\n]+$/, ''), name: null };
}

/** The words of a configuration line: blanks separate, quotes group, `\"` and `\\` stand for themselves in quotes. */
function configurationWords(line: string): string[] {
  const words: string[] = [];
  let i = 0;
  while (i < line.length) {
    const character = line[i] ?? '';
    if (character === ' ' || character === '\t') {
      i++;
      continue;
    }
    const quoted = character === '"' || character === "'";
    let word = '';
    if (quoted) i++;
    while (i < line.length && (quoted ? line[i] !== character : line[i] !== ' ' && line[i] !== '\t')) {
      if (quoted && line[i] === '\\' && (line[i + 1] === character || line[i + 1] === '\\')) i++;
      word += line[i] ?? '';
      i++;
    }
    if (quoted && i >= line.length) throw formatError(i + 1, 'the quoted format has no closing quote', 'Copy the whole line.');
    i++;
    words.push(word);
  }
  return words;
}

/**
 * Splits a format into literals and directives.
 *
 * Shape: no two literals in a row, none empty. `%%` is a literal percent sign; `\t`, `\n`, `\\` and `\"` in the format are what
 * they stand for, a line end at the end is dropped.
 * Errors: LOG_FORMAT_INVALID for broken syntax; whether a directive exists is not asked here.
 */
export function tokenizeFormat(format: string): FormatToken[] {
  const tokens: FormatToken[] = [];
  let literal = '';
  const endLiteral = (): void => {
    if (literal !== '') tokens.push({ kind: 'literal', text: literal });
    literal = '';
  };
  let i = 0;
  while (i < format.length) {
    const character = format[i] ?? '';
    if (character === '\\') {
      const escaped = formatEscapes.get(format[i + 1] ?? '');
      literal += escaped ?? character;
      i += escaped === undefined ? 1 : 2;
    } else if (character !== '%') {
      literal += character;
      i++;
    } else if (format[i + 1] === '%') {
      literal += '%';
      i += 2;
    } else {
      endLiteral();
      const directive = readDirective(format, i);
      tokens.push(directive);
      i += directive.text.length;
    }
  }
  endLiteral();
  return withoutLineEnd(tokens);
}

const formatEscapes = new Map(Object.entries({ n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"' }));

function readDirective(format: string, start: number): Directive {
  const column = start + 1;
  let argument: string | null = null;
  let redirect: '>' | '<' | null = null;
  let conditional = false;
  let i = start + 1;
  for (; i < format.length; i++) {
    const character = format[i] ?? '';
    if (character === '>' || character === '<') redirect = character;
    else if (/[!,0-9]/.test(character)) conditional = true;
    else if (character === '{') {
      const close = format.indexOf('}', i);
      if (close < 0) throw formatError(i + 1, "'{' is never closed", "Close it with '}'.");
      argument = format.slice(i + 1, close);
      i = close;
    } else break;
  }
  const letter = format.slice(i, format[i] === '^' ? i + 3 : i + 1);
  if (letter === '' || (letter.startsWith('^') && letter.length < 3)) {
    throw formatError(column, "'%' begins a directive that never ends", 'Write %% for a percent sign.');
  }
  return { kind: 'directive', letter, argument, redirect, conditional, column, text: format.slice(start, i + letter.length) };
}

function withoutLineEnd(tokens: FormatToken[]): FormatToken[] {
  const last = tokens.at(-1);
  if (last?.kind === 'literal') {
    const text = last.text.replace(/[\r\n]+$/, '');
    tokens.pop();
    if (text !== '') tokens.push({ kind: 'literal', text });
  }
  if (tokens.some((token) => token.kind === 'literal' && /[\r\n]/.test(token.text))) {
    throw formatError(1, 'the format spreads over several lines', 'Only formats with one line for each request can be read.');
  }
  return tokens;
}
