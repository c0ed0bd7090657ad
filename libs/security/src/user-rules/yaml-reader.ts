/** Reads maps of a YAML document key by key and keeps every error with its line. */
import { isMap, isScalar, isSeq } from 'yaml';

import type { LineCounter, Node, YAMLMap } from 'yaml';
import type { RulesFileError } from './rules-file.ts';

export interface Section {
  /** `rules[2]`. */
  readonly path: string;
  /** Notes keys that are not these. */
  allow(...keys: readonly string[]): void;
  text(key: string): string | undefined;
  /** One text or a list of them. */
  texts(key: string): string[];
  wholeNumber(key: string, least: number, most: number): number | undefined;
  list(key: string): Section[];
  lineOf(key: string): number;
  fail(message: string): void;
  failAt(key: string, message: string): void;
}

export interface FileReader {
  readonly errors: readonly RulesFileError[];
  fail(line: number, path: string, message: string): void;
  section(map: YAMLMap, path: string): Section;
}

export function createFileReader(lines: LineCounter): FileReader {
  const errors: RulesFileError[] = [];
  const fail = (line: number, path: string, message: string): void => {
    if (!errors.some((known) => known.line === line && known.path === path && known.message === message)) errors.push({ line, path, message });
  };
  const lineOfNode = (node: unknown): number => lines.linePos((node as Node | null)?.range?.[0] ?? 0).line || 1;

  const section = (map: YAMLMap, path: string): Section => {
    const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
    const nodeOf = (key: string): unknown => map.get(key, true);
    const failAt = (key: string, message: string): void => fail(lineOfNode(nodeOf(key) ?? map), at(key), message);
    const toText = (node: unknown, key: string): string | undefined => {
      const value = isScalar(node) ? node.value : undefined;
      if (typeof value === 'string' && value !== '') return value;
      if (typeof value === 'number') return String(value);
      fail(lineOfNode(node), at(key), 'expected text');
      return undefined;
    };
    return {
      path,
      allow: (...keys) => {
        for (const { key } of map.items) {
          const name = isScalar(key) ? String(key.value) : '?';
          if (!keys.includes(name)) fail(lineOfNode(key), at(name), `unknown; expected one of ${keys.join(', ')}`);
        }
      },
      text: (key) => (map.has(key) ? toText(nodeOf(key), key) : undefined),
      texts: (key) => {
        if (!map.has(key)) return [];
        const node = nodeOf(key);
        const nodes = isSeq(node) ? node.items : [node];
        return nodes.flatMap((item) => toText(item, key) ?? []);
      },
      wholeNumber: (key, least, most) => {
        const node = nodeOf(key);
        const value = isScalar(node) ? node.value : undefined;
        if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
        failAt(key, `expected a whole number from ${least} to ${most}`);
        return undefined;
      },
      list: (key) => {
        const node = nodeOf(key);
        if (node === undefined || (isScalar(node) && node.value === null)) return [];
        if (!isSeq(node)) {
          failAt(key, 'expected a list');
          return [];
        }
        return node.items.flatMap((item, index) => {
          if (isMap(item)) return [section(item, `${at(key)}[${index}]`)];
          fail(lineOfNode(item), `${at(key)}[${index}]`, 'expected keys and values');
          return [];
        });
      },
      lineOf: (key) => lineOfNode(nodeOf(key) ?? map),
      fail: (message) => fail(lineOfNode(map), path, message),
      failAt,
    };
  };
  return { errors, fail, section };
}
