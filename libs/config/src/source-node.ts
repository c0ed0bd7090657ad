/**
 * A layer of configuration before it is checked: the tree of what was written, each piece with its line.
 * The same shape for a file, an environment variable and a flag, so that one check serves them all.
 */
export type SourceNode = ScalarNode | ListNode | MappingNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: unknown;
  /** 1-based; null outside files. */
  readonly line: number | null;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
  readonly line: number | null;
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly entries: readonly MappingEntry[];
  readonly line: number | null;
}

export interface MappingEntry {
  readonly key: string;
  readonly line: number | null;
  readonly node: SourceNode;
}

export interface ConfigLayer {
  readonly kind: 'file' | 'environment' | 'flag';
  /** File path, variable name or flag name. */
  readonly name: string;
  readonly root: MappingNode;
}

/** A layer that sets one dotted path, as variables and flags do. */
export function singleValueLayer(kind: 'environment' | 'flag', name: string, path: string, node: SourceNode): ConfigLayer {
  const [section = '', ...rest] = path.split('.');
  const inner: MappingNode = { kind: 'mapping', line: null, entries: [{ key: rest.join('.'), line: null, node }] };
  const entry = rest.length === 0 ? { key: section, line: null, node } : { key: section, line: null, node: inner };
  return { kind, name, root: { kind: 'mapping', line: null, entries: [entry] } };
}

/** The tree of a JavaScript value; anything that is not a list is a scalar. */
export function nodeOf(value: unknown): SourceNode {
  return Array.isArray(value) ? { kind: 'list', line: null, items: value.map(nodeOf) } : { kind: 'scalar', line: null, value };
}

/** The plain value of a scalar or list; mappings inside have no meaning in any field and become null. */
export function valueOf(node: SourceNode): unknown {
  if (node.kind === 'scalar') return node.value;
  return node.kind === 'list' ? node.items.map(valueOf) : null;
}
