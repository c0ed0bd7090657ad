/**
 * The effective configuration for people: every value with its origin, secrets masked.
 */
import { printable } from './config-problem.ts';
import { mask, withoutPassword } from './mask-secrets.ts';
import { sections } from './config-shape.ts';
import { renderValue } from './render-value.ts';

import type { FieldShape } from './config-shape.ts';
import type { LoadedConfig } from './load-config.ts';

/** YAML of all values; those that are not defaults have their origin behind them as a comment. */
export function printConfig(loaded: LoadedConfig): string {
  const lines: string[] = [];
  for (const section of sections) {
    const values = (loaded.config as Record<string, Record<string, unknown> | undefined>)[section.name];
    if (values === undefined) continue;
    const known = section.fields.filter((field) => values[field.key] !== undefined);
    lines.push(`${section.name}:${known.length === 0 ? ' {}' : ''}`);
    for (const field of known) lines.push(`  ${printField(field, values[field.key], loaded)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The effective configuration as an object that is safe to log or serve: secrets masked. */
export function describeConfig(loaded: LoadedConfig): Record<string, Record<string, unknown>> {
  const described: Record<string, Record<string, unknown>> = {};
  for (const section of sections) {
    const values = (loaded.config as Record<string, Record<string, unknown> | undefined>)[section.name];
    if (values === undefined) continue;
    const shown: Record<string, unknown> = {};
    for (const field of section.fields) shown[field.key] = masked(field, values[field.key], loaded);
    described[section.name] = shown;
  }
  return described;
}

function printField(field: FieldShape, value: unknown, loaded: LoadedConfig): string {
  const origin = loaded.origins.get(field.path);
  return `${field.key}: ${renderValue(masked(field, value, loaded))}${origin === undefined ? '' : ` # ${printable(origin.where)}`}`;
}

function masked(field: FieldShape, value: unknown, loaded: LoadedConfig): unknown {
  if (value === undefined) return undefined;
  if (field.schema.secret === true || loaded.origins.get(field.path)?.secret === true) return mask;
  return withoutPassword(value);
}
