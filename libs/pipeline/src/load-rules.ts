/**
 * The rules of detection: ours, changed and added to by the file `security.rules_file`.
 */
import { readFileSync, statSync } from 'node:fs';

import { messageOf, SluiceError } from '@sluice/errors';
import { applyRulesFile, applyToOwn, ownFindings, parseRulesFile, threatRules } from '@sluice/security';

import type { OwnFindings, Silence, ThreatRule } from '@sluice/security';

export interface LoadedRules {
  /** In force, with the scores of the file. */
  readonly rules: readonly ThreatRule[];
  /** How findings are told that no rule makes, with the scores of the file. */
  readonly own: OwnFindings;
  readonly silences: readonly Silence[];
}

export interface RulesProblem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** `rules[2].severity`; empty where it is about the whole file. */
  readonly path: string;
  readonly message: string;
}

const longestFileBytes = 1024 * 1024;
const maxListed = 100;

/**
 * Reads the rules file; without one the rules are ours as they are. The path is relative to the working folder.
 *
 * Errors: RULES_INVALID with every error of the file and its line, in the message and as `data.problems`; also when it cannot be read.
 */
export function loadRules(path: string | undefined): LoadedRules {
  if (path === undefined) return { rules: threatRules, own: ownFindings, silences: [] };
  const parsed = parseRulesFile(readText(path), threatRules);
  if ('errors' in parsed) throw rulesInvalid(parsed.errors.map(({ line, path: key, message }) => ({ file: path, line, path: key, message })));
  const { file } = parsed;
  return { rules: applyRulesFile(threatRules, file), own: applyToOwn(ownFindings, file), silences: file.silences };
}

function readText(path: string): string {
  try {
    if (statSync(path).size > longestFileBytes) throw new Error(`it is larger than ${longestFileBytes / 1024} KiB`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SluiceError('RULES_INVALID', `The rules file ${path} cannot be read: ${messageOf(error)}.`, {
      hint: 'Check the path and its permissions; it is relative to the working folder.',
      cause: error,
    });
  }
}

function rulesInvalid(problems: readonly RulesProblem[]): SluiceError {
  const head = problems.length === 1 ? 'The rules file has an error:' : `The rules file has ${problems.length} errors:`;
  const lines = problems.slice(0, maxListed).map(({ file, line, path, message }) => `  ${file}:${line}: ${path === '' ? '' : `${path}: `}${message}`);
  if (problems.length > maxListed) lines.push(`  and ${problems.length - maxListed} more`);
  return new SluiceError('RULES_INVALID', [head, ...lines].join('\n'), { data: { problems } });
}
