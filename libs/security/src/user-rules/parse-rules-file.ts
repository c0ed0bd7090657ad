/**
 * Reads a rules file. It is all or nothing: every error is named with its line, and a file with one changes nothing.
 *
 * Rules of users look for texts, not for regular expressions: so none of them can make a line slow, whoever writes it.
 */
import { LineCounter, isMap, parseDocument } from 'yaml';

import { ownFindings } from '../own-findings.ts';
import { addressesOf } from './addresses-of.ts';
import { readUserRule } from './read-user-rule.ts';
import { createFileReader } from './yaml-reader.ts';

import type { OwnFinding } from '../own-findings.ts';
import type { ThreatRule } from '../threat-rule.ts';
import type { Rescore, RulesFile, RulesFileError, Silence } from './rules-file.ts';
import type { FileReader, Section } from './yaml-reader.ts';

export type ParsedRulesFile = { readonly file: RulesFile } | { readonly errors: readonly RulesFileError[] };

const longestFile = 1024 * 1024;

/** Shape: text of the file and the rules that it may name -> what it says, or every error in the order of lines. Never throws. */
export function parseRulesFile(text: string, known: readonly ThreatRule[]): ParsedRulesFile {
  if (text.length > longestFile) return { errors: [{ line: 1, path: '', message: `longer than ${longestFile} characters` }] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const syntax = document.errors.map(({ pos, message }) => ({
    line: lines.linePos(pos[0]).line,
    path: '',
    message: (message.split('\n')[0] ?? '').replace(/ at line \d.*/, ''),
  }));
  if (syntax.length > 0) return { errors: syntax };
  if (document.contents === null) return { file: { rules: [], silences: [], rescores: [] } };
  if (!isMap(document.contents)) return { errors: [{ line: 1, path: '', message: 'expected `rules`, `silence` or `score`' }] };

  const reader = createFileReader(lines);
  const top = reader.section(document.contents, '');
  top.allow('rules', 'silence', 'score');
  const rules = top.list('rules').flatMap((section) => readUserRule(section) ?? []);
  const ours = [...known, ...Object.values(ownFindings)];
  checkIds(ours, top, reader);
  const all = [...ours, ...rules];
  const silences = top.list('silence').map((section) => readSilence(section, all));
  const rescores = top.list('score').map((section) => readRescore(section, all));
  const errors = reader.errors.toSorted((a, b) => a.line - b.line);
  return errors.length > 0 ? { errors } : { file: { rules, silences, rescores } };
}

function checkIds(known: readonly OwnFinding[], top: Section, reader: FileReader): void {
  const taken = new Set(known.map((rule) => rule.id));
  top.list('rules').forEach((section) => {
    const id = section.text('id');
    if (id === undefined) return;
    if (taken.has(id)) reader.fail(section.lineOf('id'), `${section.path}.id`, `there is a rule ${id} already`);
    taken.add(id);
  });
}

function readSilence(section: Section, rules: readonly OwnFinding[]): Silence {
  section.allow('id', 'class', 'path_prefix', 'address');
  const { id, name } = readSelector(section, rules);
  const pathPrefix = section.text('path_prefix');
  const ranges = section.texts('address');
  if (id === undefined && name === undefined && pathPrefix === undefined && ranges.length === 0)
    section.fail('expected at least one of id, class, path_prefix, address');
  const addresses = addressesOf(ranges, section);
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { class: name }),
    ...(pathPrefix === undefined ? {} : { pathPrefix }),
    ...(addresses === undefined ? {} : { addresses }),
  };
}

function readRescore(section: Section, rules: readonly OwnFinding[]): Rescore {
  section.allow('id', 'class', 'score');
  const { id, name } = readSelector(section, rules);
  if (id === undefined && name === undefined) section.fail('expected id or class');
  const score = section.wholeNumber('score', 0, 10) ?? 0;
  return { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { class: name }), score };
}

/** The rule or class that is meant; both have to exist, as a name that fits nothing is a mistake. */
function readSelector(section: Section, rules: readonly OwnFinding[]): { id: string | undefined; name: string | undefined } {
  const id = section.text('id');
  const name = section.text('class');
  if (id !== undefined && !rules.some((rule) => rule.id === id)) section.failAt('id', `there is no rule ${id}`);
  if (name !== undefined && !rules.some((rule) => rule.class === name)) section.failAt('class', `there is no class ${name}`);
  return { id, name };
}
