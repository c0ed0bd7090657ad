/**
 * `docs/configuration.md`: the schema as tables.
 */
import { environmentName, sections } from './config-shape.ts';
import { exampleOf, rangeOf, ruleOf } from './field-rule.ts';
import { renderValue } from './render-value.ts';

import type { FieldShape, SectionShape } from './config-shape.ts';

const introduction = `# Configuration

One YAML file, \`config/config.yml\`. \`sluice config init\` writes it with all defaults and comments, \`sluice config validate\` checks it
without connecting to anything, \`sluice config print\` shows what is in force and where each value comes from.

**Order**, weakest first: defaults, \`config.yml\`, \`config.<environment>.yml\` beside it (the environment is named by \`SLUICE_ENV\`),
environment variables, flags. A list replaces a list as a whole. A key without a value, or an empty variable, counts as left out.

**Environment variables** are named \`SLUICE_<SECTION>__<KEY>\`. Numbers and booleans are written as in YAML, lists as JSON
(\`SLUICE_SOURCE__PATHS='["/var/log/apache2/access.log"]'\`) or as one bare value. A \`SLUICE_\` variable that names no key is an error;
\`SLUICE_ENV\`, \`SLUICE_CONFIG\`, \`SLUICE_HOME\` and what Kubernetes sets for services are left alone.

**Secrets.** \`\${ENV_VAR}\` anywhere in a text, or \`{file: /run/secrets/name}\` in place of one; \`$\${\` is a literal \`\${\`. What comes
from either is never printed, and neither are the keys marked secret below nor passwords in addresses. A variable or file that is missing is an error.

**Errors** are reported all at once, each with file, line, key, value, rule and an example; the exit code is 2. Relative paths start at
the working folder.
`;

/** The page as Markdown, without the line that says how it was generated. */
export function renderConfigurationDocs(): string {
  return `${introduction}\n${sections.map(renderSection).join('\n')}`;
}

function renderSection(section: SectionShape): string {
  const rows = section.fields.map(renderRow);
  return [
    `## ${section.name}`,
    '',
    section.description,
    '',
    '| key | value | default | unit | meaning | environment variable |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function renderRow(field: FieldShape): string {
  const { schema } = field;
  const standard = schema.default === undefined ? 'none' : `\`${renderValue(schema.default)}\``;
  const example = schema.example === undefined ? '' : ` Example: \`${renderValue(exampleOf(schema))}\`.`;
  const secret = schema.secret === true ? ' Secret.' : '';
  const cells = [
    `\`${field.path}\``,
    valueOf(field),
    standard,
    schema.unit ?? '',
    `${schema.description ?? ''}${secret}${example}`,
    `\`${environmentName(field)}\``,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function valueOf({ schema }: FieldShape): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  return schema.type === 'integer' ? `whole number ${rangeOf(schema)}` : ruleOf(schema);
}
