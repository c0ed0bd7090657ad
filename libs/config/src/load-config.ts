/**
 * Loads the one configuration: defaults < config.yml < config.<environment>.yml < environment variables < flags.
 *
 * Every layer becomes a tree with lines, the trees become values, the schema checks the values; errors of all steps
 * are collected and thrown together. Connects to nothing.
 */
import { extname } from 'node:path';

import { SluiceError } from '@sluice/errors';

import { checkValues } from './check-values.ts';
import { collectValues } from './collect-values.ts';
import { configInvalid, problemIn } from './config-problem.ts';
import { environmentLayers, flagLayers } from './environment-layers.ts';
import { noticesFor } from './notices.ts';
import { parseConfigText } from './parse-config-text.ts';
import { readConfigFile } from './read-config-file.ts';

import type { CollectedValue } from './collect-values.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { Config } from './schema.ts';
import type { ConfigLayer } from './source-node.ts';

/** Where the file is looked for when nobody says otherwise. */
export const defaultConfigPath = 'config/config.yml';

export interface LoadConfigOptions {
  /** Default: `config/config.yml`. */
  readonly path?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names the overlay beside the file; default: `SLUICE_ENV`. */
  readonly environment?: string | undefined;
  /** Dotted path -> value, as flags give it. */
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
  /** Whether the file has to exist; default: true when `path` is given. */
  readonly required?: boolean | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The base file, whether or not it exists. */
  readonly path: string;
  /** Files, variables and flags that were used, weakest first. */
  readonly sources: readonly string[];
  /** Lines for the operator, to be said once. */
  readonly notices: readonly string[];
  /** Where each value that is not a default comes from, by dotted path. */
  readonly origins: ReadonlyMap<string, ValueOrigin>;
}

export interface ValueOrigin {
  /** `config/config.yml:12`, a variable name, or `command line`. */
  readonly where: string;
  /** True when it came from `${}` or `{file:}`: never print it. */
  readonly secret: boolean;
}

/**
 * Errors: SluiceError CONFIG_NOT_FOUND when the file is missing (if required) or unreadable; CONFIG_INVALID with
 * `data.problems` ({file, line, path, message}) when anything is wrong, everything at once.
 */
export function loadConfig(options: LoadConfigOptions): LoadedConfig {
  const path = options.path ?? defaultConfigPath;
  const environment = options.environment ?? options.env['SLUICE_ENV'] ?? '';
  const files = readFiles(path, environment, options.required ?? options.path !== undefined);
  const variables = environmentLayers(options.env);
  const flags = flagLayers(options.overrides ?? {});
  const layers = [...files.layers, ...variables.layers, ...flags.layers];

  const collected = collectValues(layers, options.env);
  const checked = checkValues(collected);
  const problems = [...files.problems, ...variables.problems, ...flags.problems, ...collected.problems, ...(checked.problems ?? [])];
  if (checked.config === null || problems.length > 0) throw configInvalid(problems);
  return {
    config: checked.config,
    path,
    sources: [...new Set(layers.map((layer) => layer.name))],
    notices: [...files.notices, ...noticesFor(collected)],
    origins: new Map([...collected.values].map(([key, value]) => [key, originOf(value)])),
  };
}

interface ConfigFiles {
  readonly layers: ConfigLayer[];
  readonly problems: ConfigProblem[];
  readonly notices: string[];
}

function readFiles(path: string, environment: string, required: boolean): ConfigFiles {
  const files: ConfigFiles = { layers: [], problems: [], notices: [] };
  const found = readLayer(path, files);
  if (!found && required) {
    throw new SluiceError('CONFIG_NOT_FOUND', `The configuration file ${path} does not exist.`, {
      hint: 'Check the path, or create one with `sluice config init`.',
    });
  }
  if (environment === '') return files;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(environment)) {
    files.problems.push(problemIn({ name: 'SLUICE_ENV' }, null, '', 'must be 1 to 64 letters, digits, `_` or `-`, for example production'));
    return files;
  }
  const overlay = overlayPath(path, environment);
  if (!readLayer(overlay, files)) files.notices.push(`SLUICE_ENV is ${environment}, but there is no ${overlay}.`);
  return files;
}

/** `config/config.yml` and `production` -> `config/config.production.yml`. */
function overlayPath(path: string, environment: string): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}.${environment}${extension}`;
}

/** Adds the file's layer or its problems; false when there is no such file. */
function readLayer(path: string, files: ConfigFiles): boolean {
  const file = readConfigFile(path);
  if (file.kind === 'missing') return false;
  if (file.kind === 'unreadable') throw new SluiceError('CONFIG_NOT_FOUND', `The configuration file ${path} cannot be read: ${file.message}.`);
  if (file.kind === 'invalid') {
    files.problems.push(problemIn({ name: path }, null, '', file.message));
    return true;
  }
  const { root, problems } = parseConfigText(file.text);
  files.problems.push(...problems.map(({ line, message }) => problemIn({ name: path }, line, '', message)));
  if (root.kind === 'mapping') files.layers.push({ kind: 'file', name: path, root });
  else if (problems.length === 0)
    files.problems.push(problemIn({ name: path }, root.line, '', 'must be sections with keys, for example `kafka: {topic: web_logs}`'));
  return true;
}

function originOf({ layer, line, secret }: CollectedValue): ValueOrigin {
  return { where: line === null ? layer.name : `${layer.name}:${line}`, secret };
}
