/**
 * `SLUICE_KAFKA__TOPIC=...` and flags as layers.
 */
import { coerceText } from './coerce-text.ts';
import { environmentName, fields } from './config-shape.ts';
import { problemIn } from './config-problem.ts';
import { editDistance } from './nearest-key.ts';
import { nodeOf, singleValueLayer } from './source-node.ts';

import type { ConfigProblem } from './config-problem.ts';
import type { ConfigLayer, SourceNode } from './source-node.ts';

export interface Layers {
  readonly layers: readonly ConfigLayer[];
  readonly problems: readonly ConfigProblem[];
}

const prefix = 'SLUICE_';
/** Variables of ours that are no configuration keys. */
const otherVariables: ReadonlySet<string> = new Set(['SLUICE_ENV', 'SLUICE_CONFIG', 'SLUICE_HOME']);
const otherPrefixes = ['SLUICE_TEST_', 'SLUICE_BENCH_'];
/** Kubernetes sets these in every pod beside a service whose name begins with `sluice`; SLUICE_PORT is told by its value. */
const serviceVariable = /_SERVICE_(?:HOST|PORT)$|_SERVICE_PORT_|_PORT_\d{1,5}_(?:TCP|UDP|SCTP)(?:$|_)/;
const serviceAddress = /^(?:tcp|udp|sctp):\/\//;

const fieldsByVariable = new Map([...fields.values()].map((field) => [environmentName(field), field] as const));

/** One layer per variable, in the order of their names; an empty value counts as left out. */
export function environmentLayers(env: Readonly<Record<string, string | undefined>>): Layers {
  const layers: ConfigLayer[] = [];
  const problems: ConfigProblem[] = [];
  for (const name of Object.keys(env)
    .filter((key) => isOurs(key, env[key] ?? ''))
    .sort()) {
    const text = env[name];
    const field = fieldsByVariable.get(name);
    if (field === undefined) {
      problems.push(problemIn({ name }, null, '', `is no variable of Sluice; the nearest one is ${nearestVariable(name)}`));
    } else if (text !== undefined && text !== '') {
      layers.push(singleValueLayer('environment', name, field.path, coerceText(text, field.schema)));
    }
  }
  return { layers, problems };
}

function isOurs(name: string, value: string): boolean {
  if (!name.startsWith(prefix) || otherVariables.has(name)) return false;
  if (otherPrefixes.some((start) => name.startsWith(start))) return false;
  return name.includes('__') || !(serviceVariable.test(name) || (name.endsWith('_PORT') && serviceAddress.test(value)));
}

function nearestVariable(name: string): string {
  const wanted = name.slice(0, 80).toUpperCase();
  let best = '';
  let bestDistance = Infinity;
  for (const candidate of fieldsByVariable.keys()) {
    const distance = editDistance(wanted, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** One layer per dotted path; texts are read by the type of their field, undefined counts as left out. */
export function flagLayers(overrides: Readonly<Record<string, unknown>>): Layers {
  const layers: ConfigLayer[] = [];
  for (const [path, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    layers.push(singleValueLayer('flag', 'command line', path, flagNode(path, value)));
  }
  return { layers, problems: [] };
}

function flagNode(path: string, value: unknown): SourceNode {
  const field = fields.get(path);
  return typeof value === 'string' && field !== undefined ? coerceText(value, field.schema) : nodeOf(value);
}
