/**
 * The commented YAML file of `sluice config init`: every key with its default.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { SluiceError, messageOf } from '@sluice/errors';

import { environmentName, sections } from './config-shape.ts';
import { rangeOf } from './field-rule.ts';
import { renderValue } from './render-value.ts';

import type { FieldShape, SectionShape } from './config-shape.ts';

const header = `# Configuration of Sluice. Every value below is the default, and the defaults are those that perform;
# a key that is left out keeps its default. docs/configuration.md has the same as tables.
#
# Stronger than this file, in this order: config.<environment>.yml beside it (SLUICE_ENV=<environment>),
# environment variables (SLUICE_KAFKA__TOPIC=web_logs), flags of a command.
# Secrets: \${ENV_VAR} or {file: /run/secrets/name} in place of any text; $\${ is a literal \${.
`;

/** The file as text; loading it gives exactly the defaults. */
export function renderDefaultConfig(): string {
  return `${header}\n${sections.map(renderSection).join('\n')}`;
}

/**
 * Writes the default file, and the folder for it.
 *
 * Errors: SluiceError USAGE when the file exists (it is left as it is) or cannot be written.
 */
export function writeDefaultConfig(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, renderDefaultConfig(), { flag: 'wx' });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new SluiceError('USAGE', exists ? `${path} exists and is left as it is.` : `${path} cannot be written: ${messageOf(error)}.`, {
      hint: exists ? 'Move it away first, or give another path.' : 'Check the folder and its permissions.',
      cause: error,
    });
  }
}

function renderSection(section: SectionShape): string {
  const prefix = section.present ? '' : '# ';
  const lines = [`# ${section.description}`, `${prefix}${section.name}:`];
  for (const field of section.fields) {
    lines.push(`${prefix}  # ${noteOf(field)}`);
    const optional = field.schema.default === undefined;
    lines.push(`${prefix}  ${optional ? '# ' : ''}${field.key}: ${renderValue(optional ? field.schema.example : field.schema.default)}`);
  }
  return `${lines.join('\n')}\n`;
}

function noteOf(field: FieldShape): string {
  const { description = '', unit, enum: values } = field.schema;
  const range = values === undefined ? rangeOf(field.schema) : values.map(String).join(' | ');
  const limits = [unit, range].filter((part) => part !== undefined && part !== '').join(', ');
  return `${description}${limits === '' ? '' : ` (${limits})`}${field.schema.secret === true ? ` Secret; or ${environmentName(field)}.` : ''}`;
}
