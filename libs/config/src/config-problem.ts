/**
 * What is wrong with a configuration: collected over all layers, then thrown at once.
 */
import { SluiceError } from '@sluice/errors';

import { withoutPassword } from './mask-secrets.ts';

import type { ConfigLayer } from './source-node.ts';

export interface ConfigProblem {
  /** The file, environment variable or flag that holds the error; null when none does. */
  readonly file: string | null;
  /** 1-based; null outside files. */
  readonly line: number | null;
  /** Dotted path of the key; empty when the error is about a whole file. */
  readonly path: string;
  /** The rule, with the value (masked when secret) and an example. */
  readonly message: string;
}

/** A problem in a layer, at a line of it. */
export function problemIn(layer: Pick<ConfigLayer, 'name'>, line: number | null, path: string, message: string): ConfigProblem {
  return { file: layer.name, line, path: printable(path), message };
}

const maxListed = 100;

/** CONFIG_INVALID with every problem, in the order of files and lines. */
export function configInvalid(problems: readonly ConfigProblem[]): SluiceError {
  // By file as they were read, then by line: errors of one file come from several steps.
  const files = [...new Set(problems.map((problem) => problem.file))];
  const sorted = problems.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0));
  const head = sorted.length === 1 ? 'The configuration has an error:' : `The configuration has ${sorted.length} errors:`;
  const lines = sorted.slice(0, maxListed).map((problem) => `  ${describeProblem(problem)}`);
  if (sorted.length > maxListed) lines.push(`  and ${sorted.length - maxListed} more`);
  return new SluiceError('CONFIG_INVALID', [head, ...lines].join('\n'), {
    hint: 'Correct the named lines; `sluice config validate` checks without connecting to anything.',
    data: { problems: sorted },
  });
}

function describeProblem({ file, line, path, message }: ConfigProblem): string {
  const where = file === null ? '' : `${printable(file)}${line === null ? '' : `:${line}`}: `;
  return `${where}${path === '' ? '' : `${path}: `}${message}`;
}

/** A value for a message: on one line, cut, control characters replaced, passwords in addresses masked. */
export function showValue(value: unknown): string {
  return printable(value === undefined ? 'nothing' : JSON.stringify(withoutPassword(value)));
}

/** Text without control characters or direction marks, cut to 200 characters. */
export function printable(text: string): string {
  const clean = text.slice(0, 200).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
  return text.length > 200 ? `${clean}…` : clean;
}
