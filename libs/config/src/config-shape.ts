/**
 * The schema as data: which sections and fields there are and what each accepts. Everything that is generated or
 * checked by key (documents, default file, environment variables, unknown keys) reads this and never zod's classes.
 */
import { z } from 'zod';

import { configSchema } from './schema.ts';

/** The part of JSON Schema that our fields use, with our own `unit`, `example` and `secret`. */
export interface FieldSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly unit?: string;
  readonly example?: unknown;
  readonly secret?: boolean;
}

export interface FieldShape {
  readonly section: string;
  readonly key: string;
  /** `section.key`. */
  readonly path: string;
  readonly schema: FieldSchema;
}

export interface SectionShape {
  readonly name: string;
  readonly description: string;
  /** False for a section that is off unless it is there. */
  readonly present: boolean;
  readonly fields: readonly FieldShape[];
}

interface SectionSchema extends FieldSchema {
  readonly properties: Readonly<Record<string, FieldSchema>>;
}

function readSections(): SectionShape[] {
  const whole = z.toJSONSchema(configSchema, { io: 'input' }) as { properties: Record<string, SectionSchema> };
  return Object.entries(whole.properties).map(([name, section]) => ({
    name,
    description: section.description ?? '',
    present: section.default !== undefined,
    fields: Object.entries(section.properties).map(([key, schema]) => ({ section: name, key, path: `${name}.${key}`, schema })),
  }));
}

/** Sections in the order of the schema. */
export const sections: readonly SectionShape[] = readSections();

const sectionsByName = new Map(sections.map((section) => [section.name, section]));
const fieldsByPath = new Map(sections.flatMap((section) => section.fields.map((field) => [field.path, field] as const)));

/** Every field by its dotted path. */
export const fields: ReadonlyMap<string, FieldShape> = fieldsByPath;

/** The section of that name; undefined when there is none. */
export function sectionNamed(name: string): SectionShape | undefined {
  return sectionsByName.get(name);
}

/** True when the field takes a value of that JSON type, in one of its forms. */
export function accepts(schema: FieldSchema, type: 'string' | 'integer' | 'boolean' | 'array'): boolean {
  return schema.type === type || (schema.anyOf?.some((form) => accepts(form, type)) ?? false);
}

/** Name of the environment variable that sets a field: `SLUICE_KAFKA__TOPIC`. */
export function environmentName(field: FieldShape): string {
  return `SLUICE_${field.section.toUpperCase()}__${field.key.toUpperCase()}`;
}
