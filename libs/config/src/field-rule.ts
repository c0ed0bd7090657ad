/**
 * What a field accepts, in words, and an example of it.
 */
import type { FieldSchema } from './config-shape.ts';

/** The rule of a field as it follows "must be": `a whole number from 1 to 65535`. */
export function ruleOf(schema: FieldSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(ruleOf).join(', or ');
  if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(', ')}`;
  switch (schema.type) {
    case 'integer':
      return `a whole number ${rangeOf(schema)}`.trimEnd();
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list of texts';
    default:
      return schema.format === 'uri' ? 'an address with http:// or https://' : 'a text that is not empty';
  }
}

/** `from 1 to 65535`, `from 1` when there is no upper bound, empty for a field without a range. */
export function rangeOf(schema: FieldSchema): string {
  if (schema.minimum === undefined) return '';
  const open = schema.maximum === undefined || schema.maximum === Number.MAX_SAFE_INTEGER;
  return open ? `from ${schema.minimum}` : `from ${schema.minimum} to ${schema.maximum ?? ''}`;
}

/** A value the field accepts: its example, or else its default. */
export function exampleOf(schema: FieldSchema): unknown {
  return schema.example ?? schema.default;
}
