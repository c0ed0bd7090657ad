/**
 * Runs the schema over collected values and words what it finds for the operator: value, rule, example, line.
 */
import { fields } from './config-shape.ts';
import { printable, showValue } from './config-problem.ts';
import { brokenRules } from './cross-field-rules.ts';
import { exampleOf, ruleOf } from './field-rule.ts';
import { configSchema } from './schema.ts';

import type { CollectedValue, CollectedValues } from './collect-values.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { FieldShape } from './config-shape.ts';
import type { Config } from './schema.ts';

export type CheckedValues =
  { readonly config: Config; readonly problems: null } | { readonly config: null; readonly problems: readonly ConfigProblem[] };

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The configuration, or every rule that is broken, one problem per value. Never throws. */
export function checkValues(collected: CollectedValues): CheckedValues {
  const result = configSchema.safeParse(toInput(collected));
  if (result.success) return { config: result.data, problems: null };
  const issues: Issue[] = result.error.issues;
  const wrong = new Set(issues.map((issue) => pathOf(issue)));
  const rules = brokenRules((path) => (wrong.has(path) ? undefined : (collected.values.get(path)?.value ?? fields.get(path)?.schema.default)));
  for (const { path, message } of rules) issues.push({ code: 'custom', path: path.split('.'), message });
  const problems = new Map<string, ConfigProblem>();
  for (const issue of issues) {
    const key = issue.path.map(String).join('.');
    if (!problems.has(key)) problems.set(key, toProblem(issue, collected.values));
  }
  return { config: null, problems: [...problems.values()] };
}

function pathOf(issue: Issue): string {
  return issue.path.slice(0, 2).map(String).join('.');
}

function toInput({ values, sections }: CollectedValues): Record<string, Record<string, unknown>> {
  const input: Record<string, Record<string, unknown>> = {};
  for (const name of sections.keys()) input[name] = {};
  for (const [path, { value }] of values) {
    const field = fields.get(path);
    if (field !== undefined) (input[field.section] ??= {})[field.key] = value;
  }
  return input;
}

function toProblem(issue: Issue, values: ReadonlyMap<string, CollectedValue>): ConfigProblem {
  const path = pathOf(issue);
  const item = typeof issue.path[2] === 'number' ? issue.path[2] : null;
  const field = fields.get(path);
  const collected = values.get(path);
  return {
    file: collected?.layer.name ?? null,
    line: (item === null ? undefined : collected?.itemLines[item]) ?? collected?.line ?? null,
    path: item === null ? path : `${path}[${item}]`,
    message: field === undefined ? issue.message : describe(issue, field, collected, item),
  };
}

function describe(issue: Issue, field: FieldShape, collected: CollectedValue | undefined, item: number | null): string {
  const ownMessage = issue.message.startsWith('must ');
  const rule = ownMessage ? issue.message : `must be ${item === null ? ruleOf(field.schema) : 'a text that is not empty'}`;
  const value = shownValue(field, collected, item);
  const example = exampleOf(field.schema);
  // A rule between two keys is no matter of form, so an example of one of them says nothing.
  const hint = issue.code === 'custom' || example === undefined ? '' : `, for example ${field.key}: ${printable(JSON.stringify(example))}`;
  return `${rule}${hint}${value === null ? '' : ` (it is ${value})`}`;
}

function shownValue(field: FieldShape, collected: CollectedValue | undefined, item: number | null): string | null {
  if (collected === undefined) return null;
  if (collected.secret || field.schema.secret === true) return 'a secret that is not shown';
  return showValue(item !== null && Array.isArray(collected.value) ? collected.value[item] : collected.value);
}
