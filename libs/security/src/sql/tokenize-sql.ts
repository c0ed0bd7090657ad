/**
 * Reads a text as SQL and writes one letter a token, so that what a value does to a query can be told from the letters:
 *
 *   1 number   s string    q text after a quote that never closes   e the same, empty   w word   v variable
 *   f function of SQL with `(`   g any other word with `(`   n null, true, false   U union   S select   A all, distinct
 *   I start of a statement (`drop table`)   D a word that could be one   F from   W where   B order by, group by
 *   k other keyword   & logic   N not   = comparison   + arithmetic   ( ) , ;   t cast   c comment to the end   C `--x`   [ ? other
 *
 * The idea of looking at token types, once as the text stands and once from within a quote, is libinjection's; its
 * table of fingerprints is not used.
 */
import { longestText } from '../decode/decode-text.ts';
import { sqlFunctions, startsStatement, wordParts } from './sql-words.ts';

/** More tokens than this are left out in the middle: what counts stands at either end. */
const mostTokens = 240;

export interface SqlTokens {
  readonly types: string;
  /** Names of the functions, in order. */
  readonly functions: readonly string[];
}

/** Tokens of a value; `quote` is what it is taken to stand in: `'`, `"`, a backtick, or nothing. */
export function tokenizeSql(text: string, quote: '' | "'" | '"' | '`', plusIsBlank: boolean): SqlTokens {
  const reader = new SqlReader(text, plusIsBlank);
  if (quote !== '') reader.leaveQuote(quote);
  while (reader.readToken());
  return {
    types: reader.types(),
    functions: reader.functions,
  };
}

/** Letters of the text being read; a reader is done with them before the next one starts. */
const letters = Buffer.alloc(longestText + 8);
const toldOnce = new Set(['(', ')', '+', '=']);

class SqlReader {
  readonly functions: string[] = [];
  readonly #text: string;
  readonly #end: number;
  readonly #plusIsBlank: boolean;
  #at = 0;
  #count = 0;
  #inVersionComment = false;

  constructor(text: string, plusIsBlank: boolean) {
    this.#text = text;
    this.#end = text.length;
    this.#plusIsBlank = plusIsBlank;
  }

  /** Reads up to the quote that ends the string the text is taken to stand in; backslashes are the attacker's. */
  leaveQuote(quote: string): void {
    const close = this.#text.indexOf(quote, this.#at);
    if (close < 0 || close >= this.#end) {
      this.#at = this.#end;
      this.#emit('q');
      return;
    }
    this.#at = close + 1;
    this.#emit('s');
  }

  /** Letters for the tokens read so far, without the middle of very many. */
  types(): string {
    const count = this.#count;
    if (count <= mostTokens) return letters.toString('latin1', 0, count);
    return `${letters.toString('latin1', 0, mostTokens / 2)}?${letters.toString('latin1', count - mostTokens / 2, count)}`;
  }

  /** Runs of brackets, operators and comparisons count once: `)))` ends no more than `)`. */
  #emit(type: string): void {
    const code = type.charCodeAt(0);
    if (this.#count > 0 && letters[this.#count - 1] === code && toldOnce.has(type)) return;
    letters[this.#count++] = code;
  }

  readToken(): boolean {
    if (this.#at >= this.#end) return false;
    const text = this.#text;
    const at = this.#at;
    const code = text.charCodeAt(at);
    if (code === 0x20 || code === 0x0a || (code === 0x2b && this.#plusIsBlank)) this.#at++;
    else if (isWordStart(code)) this.#readWord();
    else if (isDigit(code) || (code === 0x2e && isDigit(text.charCodeAt(at + 1)))) this.#readNumber();
    else if (code === 0x27 || code === 0x22 || code === 0x60) this.#readString(code);
    else if (code === 0x40) this.#readVariable();
    else if (code === 0x2f && text.charCodeAt(at + 1) === 0x2a) this.#readComment();
    else if (code === 0x2a && text.charCodeAt(at + 1) === 0x2f && this.#inVersionComment) {
      this.#inVersionComment = false;
      this.#at += 2;
    } else if (code === 0x2d && text.charCodeAt(at + 1) === 0x2d) this.#readDashes();
    else if (code === 0x23) this.#endLine();
    else this.#readSign(code);
    return true;
  }

  #finish(type: string): void {
    this.#emit(type);
    this.#at = this.#end;
  }

  #readWord(): void {
    const text = this.#text;
    let end = this.#at + 1;
    while (end < this.#end && isWordPart(text.charCodeAt(end))) end++;
    const word = text.slice(this.#at, end);
    this.#at = end;
    const called = this.#peekBlankThen(0x28);
    const name = word.slice(word.lastIndexOf('.') + 1);
    if (called && (sqlFunctions.has(name) || /^(?:xp|sp|dbms|utl|pg|sqlite)_/.test(word)) && word !== 'in') {
      this.functions.push(name);
      this.#emit(text.charCodeAt(end) === 0x28 || !wordParts.has(name) ? 'f' : (wordParts.get(name) ?? 'f'));
      return;
    }
    this.#emit(this.#partOf(word, called && text.charCodeAt(end) === 0x28));
  }

  #partOf(word: string, called: boolean): string {
    const part = wordParts.get(word);
    if (part === 'D') return startsStatement(word, this.#peekWord()) ? 'I' : 'D';
    if (part === 'k' && (word === 'order' || word === 'group') && this.#peekWord() === 'by') {
      this.#skipWord();
      return 'B';
    }
    if (part !== undefined) return part;
    return called ? 'g' : 'w';
  }

  /** The next word, blanks and comments before it aside; empty when something else comes. */
  #peekWord(): string {
    const start = this.#afterBlanks();
    let end = start;
    while (end < this.#end && end - start < 40 && isWordPart(this.#text.charCodeAt(end))) end++;
    return this.#text.slice(start, end);
  }

  #skipWord(): void {
    let end = this.#afterBlanks();
    while (end < this.#end && isWordPart(this.#text.charCodeAt(end))) end++;
    this.#at = end;
  }

  #peekBlankThen(code: number): boolean {
    return this.#text.charCodeAt(this.#afterBlanks()) === code;
  }

  #afterBlanks(): number {
    const text = this.#text;
    // A look ahead over blanks and one comment is enough, and its bound keeps the reader linear.
    let at = this.#at;
    const limit = Math.min(this.#end, at + 64);
    while (at < limit && (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x0a || (this.#plusIsBlank && text.charCodeAt(at) === 0x2b))) at++;
    if (text.startsWith('/*', at) && text.charCodeAt(at + 2) !== 0x21) {
      const close = text.slice(at + 2, at + 66).indexOf('*/');
      if (close >= 0) at += close + 4;
      while (at < this.#end && text.charCodeAt(at) === 0x20 && at - limit < 64) at++;
    }
    return Math.min(at, this.#end);
  }

  #readNumber(): void {
    const text = this.#text;
    let end = this.#at + 1;
    while (end < this.#end && (isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === 0x2e)) end++;
    if (end === this.#at + 1 && text.charCodeAt(this.#at) === 0x30 && text.charCodeAt(end) === 0x78) {
      end++;
      while (end < this.#end && isHexDigit(text.charCodeAt(end))) end++;
    } else if (
      text.charCodeAt(end) === 0x65 &&
      (isDigit(text.charCodeAt(end + 1)) || text.charCodeAt(end + 1) === 0x2e || !isWordPart(text.charCodeAt(end + 1)))
    ) {
      end++;
      while (end < this.#end && (isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === 0x2e)) end++;
    } else if (isWordPart(text.charCodeAt(end)) && end < this.#end) {
      // `3rd`, `2x4` are words; `1union`, `1or` are a number and a keyword.
      let wordEnd = end;
      while (wordEnd < this.#end && wordEnd - end < 12 && isLetter(text.charCodeAt(wordEnd))) wordEnd++;
      const part = wordParts.get(text.slice(end, wordEnd));
      if (part === undefined || !'U&S=F'.includes(part)) {
        while (end < this.#end && isWordPart(text.charCodeAt(end))) end++;
        this.#at = end;
        this.#emit('w');
        return;
      }
    }
    this.#at = end;
    this.#emit('1');
  }

  #readString(quote: number): void {
    const text = this.#text;
    for (let at = this.#at + 1; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x5c && quote !== 0x60) at++;
      else if (code === quote) {
        if (text.charCodeAt(at + 1) === quote && at + 1 < this.#end && at > this.#at + 1) at++;
        else {
          this.#emit(quote === 0x60 ? 'v' : 's');
          this.#at = at + 1;
          return;
        }
      }
    }
    const empty = this.#text.slice(this.#at + 1, Math.min(this.#end, this.#at + 5)).trim() === '' && this.#end - this.#at < 5;
    this.#finish(quote === 0x60 ? '?' : empty ? 'e' : 'q');
  }

  #readVariable(): void {
    let end = this.#at + 1;
    while (end < this.#end && (this.#text.charCodeAt(end) === 0x40 || isWordPart(this.#text.charCodeAt(end)))) end++;
    this.#emit(end === this.#at + 1 ? '?' : 'v');
    this.#at = end;
  }

  #readComment(): void {
    const text = this.#text;
    if (text.charCodeAt(this.#at + 2) === 0x21) {
      this.#at += 3;
      while (this.#at < this.#end && isDigit(text.charCodeAt(this.#at))) this.#at++;
      this.#inVersionComment = true;
      return;
    }
    const close = text.indexOf('*/', this.#at + 2);
    if (close < 0 || close >= this.#end) this.#finish('c');
    else this.#at = close + 2;
  }

  #readDashes(): void {
    const after = this.#text.charCodeAt(this.#at + 2);
    if (this.#at + 2 < this.#end && isWordPart(after) && after !== 0x2e) {
      // MySQL wants a blank after `--`, others do not; in ordinary text this is a dash.
      this.#emit('C');
      this.#at += 2;
    } else if (
      this.#at + 2 < this.#end &&
      after !== 0x20 &&
      after !== 0x2d &&
      after !== 0x2b &&
      after !== 0x0a &&
      after !== 0x26 &&
      after !== 0x25 &&
      after !== 0x3b &&
      after !== 0x2e &&
      after !== 0x2f &&
      after !== 0x29 &&
      after !== 0x27 &&
      after !== 0x22
    ) {
      this.#emit('+');
      this.#at += 2;
    } else this.#endLine();
  }

  /** A comment to the end of the line, which is mostly the end of the text. */
  #endLine(): void {
    const lineEnd = this.#text.indexOf('\n', this.#at);
    if (lineEnd < 0 || lineEnd >= this.#end - 1) this.#finish('c');
    else this.#at = lineEnd + 1;
  }

  #readSign(code: number): void {
    const text = this.#text;
    const next = text.charCodeAt(this.#at + 1);
    let length = 1;
    let type = '?';
    if (code === 0x28 || code === 0x29 || code === 0x2c || code === 0x3b) type = String.fromCharCode(code);
    else if (code === 0x7c || code === 0x26) {
      type = next === code ? '&' : '+';
      length = next === code ? 2 : 1;
    } else if (code === 0x3d || code === 0x3c || code === 0x3e || (code === 0x21 && next === 0x3d)) {
      type = '=';
      while (length < 3 && '=<>'.includes(text.charAt(this.#at + length)) && this.#at + length < this.#end) length++;
    } else if (code === 0x21) type = 'N';
    else if (code === 0x2b || code === 0x2d || code === 0x2a || code === 0x2f || code === 0x25 || code === 0x5e || code === 0x7e) type = '+';
    else if (code === 0x3a) {
      type = next === 0x3a ? 't' : next === 0x3d ? '=' : '?';
      length = type === '?' ? 1 : 2;
    } else if (code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d) type = '[';
    this.#emit(type);
    this.#at += length;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x66);
}

function isLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isWordStart(code: number): boolean {
  return isLetter(code) || code === 0x5f || code === 0x24 || code > 0xa0;
}

function isWordPart(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x5f || code === 0x24 || code === 0x2e || code > 0xa0;
}
