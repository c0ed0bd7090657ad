/**
 * From layers to values: unknown keys are found, secrets resolved, later layers win. What a value must look like is
 * the schema's business and checked afterwards, over the values of all layers together.
 */
import { accepts, fields, sectionNamed } from './config-shape.ts';
import { coerceText } from './coerce-text.ts';
import { problemIn } from './config-problem.ts';
import { ruleOf } from './field-rule.ts';
import { nearestKey } from './nearest-key.ts';
import { isFileReference, resolveFile, resolveVariables } from './secrets.ts';
import { valueOf } from './source-node.ts';

import type { ConfigProblem } from './config-problem.ts';
import type { FieldShape } from './config-shape.ts';
import type { ResolvedText } from './secrets.ts';
import type { ConfigLayer, MappingEntry, SourceNode } from './source-node.ts';

export interface CollectedValue {
  readonly value: unknown;
  /** True when any part of it came from `${}` or `{file:}`. */
  readonly secret: boolean;
  readonly layer: ConfigLayer;
  readonly line: number | null;
  /** Lines of the items of a list. */
  readonly itemLines: readonly (number | null)[];
}

export interface CollectedValues {
  /** By dotted path; only what some layer sets. */
  readonly values: ReadonlyMap<string, CollectedValue>;
  /** Where each section was first named, by its name. */
  readonly sections: ReadonlyMap<string, ConfigLayer>;
  readonly problems: readonly ConfigProblem[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Merges layers, the strongest last. A key without a value (`topic:`) counts as left out. Never throws. */
export function collectValues(layers: readonly ConfigLayer[], env: Environment): CollectedValues {
  const collector = new Collector(env);
  for (const layer of layers) collector.add(layer);
  return collector;
}

class Collector implements CollectedValues {
  readonly values = new Map<string, CollectedValue>();
  readonly sections = new Map<string, ConfigLayer>();
  readonly problems: ConfigProblem[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  add(layer: ConfigLayer): void {
    for (const entry of layer.root.entries) {
      const section = sectionNamed(entry.key);
      if (section === undefined) {
        this.#unknown(layer, entry, '');
        continue;
      }
      if (!this.sections.has(section.name)) this.sections.set(section.name, layer);
      if (entry.node.kind === 'mapping') for (const inner of entry.node.entries) this.#addField(layer, section.name, inner);
      else if (valueOf(entry.node) !== null)
        this.#report(layer, entry.line, section.name, `must be a section, for example ${exampleOfSection(section.fields)}`);
    }
  }

  #addField(layer: ConfigLayer, section: string, entry: MappingEntry): void {
    const field = fields.get(`${section}.${entry.key}`);
    if (field === undefined) {
      this.#unknown(layer, entry, section);
      return;
    }
    const read = this.#read(layer, field, entry);
    if (read === null || read.value === null || read.value === undefined) return;
    const itemLines = entry.node.kind === 'list' ? entry.node.items.map((item) => item.line) : [];
    this.values.set(field.path, { ...read, layer, line: entry.line, itemLines });
  }

  #read(layer: ConfigLayer, field: FieldShape, entry: MappingEntry): { value: unknown; secret: boolean } | null {
    const node = entry.node;
    if (node.kind !== 'list') {
      const resolved = this.#resolve(layer, field, node);
      if (resolved === null) return null;
      if (!resolved.secret || typeof resolved.value !== 'string') return resolved;
      const coerced = coerceText(resolved.value, field.schema);
      return coerced.kind === 'mapping' ? resolved : { value: valueOf(coerced), secret: true };
    }
    const items = node.items.map((item) => this.#resolve(layer, field, item));
    if (items.some((item) => item === null)) return null;
    return { value: items.map((item) => item?.value), secret: items.some((item) => item?.secret === true) };
  }

  #resolve(layer: ConfigLayer, field: FieldShape, node: SourceNode): { value: unknown; secret: boolean } | null {
    let resolved: ResolvedText;
    if (node.kind === 'mapping' && isFileReference(node)) resolved = resolveFile(node, this.#env);
    else if (node.kind === 'mapping') return this.#report(layer, node.line, field.path, `must be ${ruleOf(field.schema)}, not a section`);
    // What a flag says was already expanded by the shell; a file may be named `${x}.log`.
    else if (node.kind === 'scalar' && typeof node.value === 'string' && layer.kind !== 'flag') resolved = resolveVariables(node.value, this.#env);
    else return { value: valueOf(node), secret: false };
    if (resolved.kind === 'problem') return this.#report(layer, node.line, field.path, `${resolved.message}; for example ${resolved.example}`);
    return { value: resolved.text, secret: resolved.kind === 'secret' };
  }

  #unknown(layer: ConfigLayer, entry: MappingEntry, section: string): void {
    // A flag names one key, so all of its path is shown; a file's unknown section is one error, whatever it holds.
    const inner = layer.kind === 'flag' && entry.node.kind === 'mapping' ? entry.node.entries[0]?.key : undefined;
    const key = inner === undefined ? entry.key : `${entry.key}.${inner}`;
    this.#report(
      layer,
      entry.line,
      section === '' ? key : `${section}.${key}`,
      `is not a known key; the nearest known key is ${nearestKey(section, key)}`,
    );
  }

  #report(layer: ConfigLayer, line: number | null, path: string, message: string): null {
    this.problems.push(problemIn(layer, line, path, message));
    return null;
  }
}

function exampleOfSection(sectionFields: readonly FieldShape[]): string {
  const field = sectionFields.find(({ schema }) => schema.default !== undefined && !accepts(schema, 'array')) ?? sectionFields[0];
  return field === undefined ? '{}' : `\`${field.section}: {${field.key}: ${String(field.schema.default)}}\``;
}
