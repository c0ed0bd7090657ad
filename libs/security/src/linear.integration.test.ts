/**
 * Proves regular expressions linear: `recheck` knows attacks on each, or that there is none. Where one is too large for it, each branch
 * of its alternative is proved by itself, as the time of all is the sum of theirs.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import ts from 'typescript';

import { threatRules } from './rules/index.ts';
import { shellPatterns } from './shell/find-command.ts';

// The package's other backends are programs of their own, which are not installed.
process.env.RECHECK_BACKEND = 'pure';
const { checkSync } = await import('recheck');

/** Those that search texts which are short whatever a client sends, so that a bounded repeat costs a bounded time. */
const shortTextOnly = new Set([
  'bot-catalog.ts', // our own table of names
  'judge-sql.ts', // at most 240 letters for types of tokens
  'detect-bot.ts', // at most 1,024 characters
  'find-markup.ts', // tags of at most 1,024 characters, at most 60 of them
]);

interface Checked {
  readonly source: string;
  readonly flags: string;
  readonly where: string;
}

test('every regular expression is linear', () => {
  const unproved = allRegexes().filter((regex) => !(regex.source.length < 300 && isLinear(regex, 5000)) && !isLinearInParts(regex));
  assert.deepEqual(
    unproved.map(({ where, source }) => `${where}: ${source}`),
    [],
  );
});

function isLinear({ source, flags }: Checked, timeout: number): boolean {
  if (source.length > 1500) return false;
  return checkSync(source, flags, { timeout }).status === 'safe';
}

/** Branch by branch; and where that is still too much, with long lists of plain words cut short, which changes constants only. */
function isLinearInParts({ source, flags, where }: Checked): boolean {
  return splitAlternatives(source).every((branch) =>
    [branch, shortenWordLists(branch)].some((one) => isLinear({ source: one, flags, where }, 20_000)),
  );
}

function shortenWordLists(source: string): string {
  return source.replace(/(\|[a-z0-9_]{2,30}){3,400}(?=[|)])/g, (words) => words.split('|').slice(0, 3).join('|'));
}

function allRegexes(): Checked[] {
  const found: Checked[] = [];
  for (const file of globSync(path.join(import.meta.dirname, '**/*.ts'))) {
    const name = path.basename(file);
    if (name.includes('.test') || shortTextOnly.has(name)) continue;
    for (const literal of regexLiterals(file)) {
      const end = literal.lastIndexOf('/');
      found.push({ source: literal.slice(1, end), flags: literal.slice(end + 1), where: name });
    }
  }
  for (const { id, pattern } of threatRules) if (pattern !== undefined) found.push({ source: pattern.source, flags: pattern.flags, where: id });
  for (const { source, flags } of shellPatterns) found.push({ source, flags: flags.replace('g', ''), where: 'shellPatterns' });
  return [...new Map(found.map((regex) => [`${regex.flags} ${regex.source}`, regex])).values()];
}

function regexLiterals(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  return found;
}

/** The branches of an alternative at the top level. */
function splitAlternatives(source: string): string[] {
  const branches: string[] = [];
  let depth = 0;
  let inClass = false;
  let start = 0;
  for (let i = 0; i < source.length; i++) {
    const character = source.charAt(i);
    if (character === '\\') i++;
    else if (inClass) inClass = character !== ']';
    else if (character === '[') inClass = true;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) {
      branches.push(source.slice(start, i));
      start = i + 1;
    }
  }
  return [...branches, source.slice(start)];
}
