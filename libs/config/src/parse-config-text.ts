/**
 * YAML text to a tree with lines. Walks the document itself instead of asking for plain objects: lines are needed for
 * every key, `__proto__` must stay an ordinary key, and aliases are counted while they are followed.
 */
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';

import { printable } from './config-problem.ts';

import type { Document, Node, YAMLError, YAMLMap } from 'yaml';
import type { MappingEntry, MappingNode, SourceNode } from './source-node.ts';

export interface TextProblem {
  readonly line: number;
  readonly message: string;
}

export interface ParsedText {
  readonly root: SourceNode;
  readonly problems: readonly TextProblem[];
}

const maxAliases = 100;
const maxNodes = 50_000;
const maxDepth = 32;
/** What follows the first errors of a text is mostly their echo. */
const maxFaults = 5;
/** Brackets may stand deeper in a text than the parser's own recursion can follow. */
const maxBrackets = 2_000;

/**
 * Parses the text of one file; an empty text is an empty mapping.
 *
 * Errors: never throws; syntax errors, duplicate keys, unknown tags, alias bombs and depth come back as problems.
 */
export function parseConfigText(text: string): ParsedText {
  const empty: MappingNode = { kind: 'mapping', line: 1, entries: [] };
  if (countOpening(text) > maxBrackets) return { root: empty, problems: [{ line: 1, message: `has more than ${maxBrackets} brackets` }] };
  const lines = new LineCounter();
  // Duplicate keys are found below: the library's own search is quadratic in the number of keys.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) return { root: empty, problems: faults.slice(0, maxFaults).map((fault) => explain(fault, text, lines)) };
  const walker = new Walker(document, lines);
  const root = document.contents === null ? empty : walker.walk(document.contents, 0);
  const blank = root.kind === 'scalar' && root.value === null;
  return { root: blank ? empty : root, problems: walker.problems };
}

function countOpening(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) count++;
  }
  return count;
}

function explain(fault: YAMLError, text: string, lines: LineCounter): TextProblem {
  const { line } = lines.linePos(fault.pos[0]);
  if (fault.code === 'TAB_AS_INDENT') return { line, message: 'is indented with a tab; YAML takes spaces only' };
  if (fault.code === 'MULTIPLE_DOCS') return { line, message: 'holds a second document (a line with ---); one file is one document' };
  // The library quotes the text after a colon; that may be a secret.
  const reason = fault.message.split(/[\n:]/, 1)[0] ?? '';
  const start = lines.lineStarts[line - 1] ?? 0;
  const quotes = text.slice(start, lines.lineStarts[line]).includes('${') ? '; between braces, put quotes around ${...}' : '';
  return { line, message: `is not valid YAML: ${printable(reason)}${quotes}` };
}

class Walker {
  readonly problems: TextProblem[] = [];
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  #aliases = 0;
  #nodes = 0;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  walk(node: Node | null, depth: number): SourceNode {
    const line = this.#lineOf(node);
    this.#nodes++;
    if (this.#nodes > maxNodes || depth > maxDepth) return this.#give(line, depth > maxDepth ? 'is nested too deeply' : 'holds too many values');
    if (isAlias(node)) {
      this.#aliases++;
      if (this.#aliases > maxAliases) return this.#give(line, `uses more than ${maxAliases} aliases`);
      const target = node.resolve(this.#document);
      return target === undefined ? this.#give(line, 'uses an alias without an anchor') : this.walk(target, depth + 1);
    }
    if (isMap(node)) return this.#mapping(node, line, depth);
    if (isSeq(node)) return { kind: 'list', line, items: node.items.map((item) => this.walk(item as Node | null, depth + 1)) };
    return { kind: 'scalar', line, value: isScalar(node) ? node.value : null };
  }

  #mapping(map: YAMLMap, line: number, depth: number): MappingNode {
    const entries: MappingEntry[] = [];
    const seen = new Map<string, number>();
    for (const pair of map.items) {
      const keyLine = this.#lineOf(pair.key as Node | null);
      if (!isScalar(pair.key)) {
        this.#give(keyLine, 'has a key that is no text');
        continue;
      }
      const key = String(pair.key.value);
      const first = seen.get(key);
      if (first !== undefined) this.#give(keyLine, `has the key "${printable(key)}" twice (first in line ${first})`);
      else entries.push({ key, line: keyLine, node: this.walk(pair.value as Node | null, depth + 1) });
      seen.set(key, first ?? keyLine);
    }
    return { kind: 'mapping', line, entries };
  }

  #lineOf(node: Node | null): number {
    return node?.range ? this.#lines.linePos(node.range[0]).line : 1;
  }

  /** Notes a problem, each kind of runaway once, and answers with an empty value. */
  #give(line: number, message: string): SourceNode {
    if (!this.problems.some((problem) => problem.message === message)) this.problems.push({ line, message });
    return { kind: 'scalar', line, value: null };
  }
}
