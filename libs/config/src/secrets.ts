/**
 * `${ENV_VAR}` and `{file: path}` in place of a text. What came from either is remembered as secret and never printed.
 */
import { readConfigFile } from './read-config-file.ts';

import type { MappingNode } from './source-node.ts';

export type ResolvedText =
  { readonly kind: 'plain' | 'secret'; readonly text: string } | { readonly kind: 'problem'; readonly message: string; readonly example: string };

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const maxSecretBytes = 65_536;

/**
 * Replaces every `${NAME}` of a text; `$${` stands for a literal `${`.
 *
 * Errors: the first variable that is not set, or a name that is none, as a problem. Cost: linear.
 */
export function resolveVariables(text: string, env: Readonly<Record<string, string | undefined>>): ResolvedText {
  let result = '';
  let from = 0;
  let secret = false;
  while (true) {
    const at = text.indexOf('${', from);
    if (at < 0) break;
    if (text[at - 1] === '$' && at > from) {
      result += `${text.slice(from, at - 1)}\${`;
      from = at + 2;
      continue;
    }
    const end = text.indexOf('}', at);
    const name = end < 0 ? '' : text.slice(at + 2, end);
    if (!variableName.test(name)) {
      return {
        kind: 'problem',
        message: 'has a `${` without the name of an environment variable',
        example: '${KAFKA_TOPIC}, or $${ for a literal ${',
      };
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) return { kind: 'problem', message: `needs the environment variable ${name}, which is not set`, example: `${name}=...` };
    result += text.slice(from, at) + value;
    from = end + 1;
    secret = true;
  }
  return { kind: secret ? 'secret' : 'plain', text: result + text.slice(from) };
}

/** True for a mapping with the one key `file`. */
export function isFileReference(node: MappingNode): boolean {
  return node.entries.length === 1 && node.entries[0]?.key === 'file';
}

/** The text of the named file without the line ends at its end; relative paths start at the working folder. */
export function resolveFile(node: MappingNode, env: Readonly<Record<string, string | undefined>>): ResolvedText {
  const example = '{file: /run/secrets/name}';
  const value = node.entries[0]?.node;
  if (value?.kind !== 'scalar' || typeof value.value !== 'string' || value.value === '')
    return { kind: 'problem', message: 'needs a path after `file:`', example };
  const path = resolveVariables(value.value, env);
  if (path.kind === 'problem') return path;
  const file = readConfigFile(path.text, maxSecretBytes);
  if (file.kind === 'missing') return { kind: 'problem', message: 'names a secret file that does not exist', example };
  if (file.kind !== 'text') return { kind: 'problem', message: `names a secret file that cannot be used: it ${file.message}`, example };
  return { kind: 'secret', text: withoutLineEnds(file.text) };
}

function withoutLineEnds(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--;
  return text.slice(0, end);
}
