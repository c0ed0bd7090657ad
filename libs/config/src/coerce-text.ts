/**
 * Text from where everything is text (environment variables, flags, the content of a secret) to the type of its field.
 */
import { accepts } from './config-shape.ts';
import { parseConfigText } from './parse-config-text.ts';
import { nodeOf } from './source-node.ts';

import type { FieldSchema } from './config-shape.ts';
import type { SourceNode } from './source-node.ts';

/**
 * Reads a text as the value of a field: numbers and booleans as YAML writes them, lists as JSON or YAML flow lists,
 * `{file: path}` as in a file. A field of type text takes the text as it stands, so a topic may be named `123`; a bare
 * text for a list is a list of one, so that globs with commas work.
 *
 * Errors: never throws; what does not fit stays text, and the schema names the rule.
 */
export function coerceText(text: string, schema: FieldSchema): SourceNode {
  const trimmed = text.trim();
  if (isFileReference(trimmed)) return parseConfigText(trimmed).root;
  if (accepts(schema, 'array')) return listOrText(text, trimmed, accepts(schema, 'string'));
  if (accepts(schema, 'string')) return nodeOf(text);
  return nodeOf(scalarOf(trimmed));
}

function isFileReference(text: string): boolean {
  if (!text.startsWith('{') || !text.endsWith('}')) return false;
  const { root, problems } = parseConfigText(text);
  return problems.length === 0 && root.kind === 'mapping' && root.entries.length === 1 && root.entries[0]?.key === 'file';
}

function listOrText(text: string, trimmed: string, textAllowed: boolean): SourceNode {
  if (trimmed.startsWith('[') && trimmed.endsWith(']')) {
    const list = textAllowed ? parseJsonList(trimmed) : parseConfigText(trimmed).root;
    if (list?.kind === 'list') return list;
  }
  return nodeOf(textAllowed ? text : [text]);
}

/** A LogFormat may begin with `[` too, so only a real JSON list of a field that also takes text is a list. */
function parseJsonList(text: string): SourceNode | null {
  try {
    return nodeOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function scalarOf(text: string): unknown {
  if (/^[-+]?\d{1,17}$/.test(text)) return Number(text);
  if (text === 'true' || text === 'True' || text === 'TRUE') return true;
  if (text === 'false' || text === 'False' || text === 'FALSE') return false;
  return text;
}
