/**
 * Values as YAML on one line.
 */
import { stringify } from 'yaml';

/** A scalar or list as a YAML flow value; reads back as the same value. */
export function renderValue(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, singleQuote: true, flowCollectionPadding: false }).trimEnd();
}
