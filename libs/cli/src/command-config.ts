/**
 * The configuration a command works with: file, environment and flags put together by libs/config.
 */
import { loadConfig } from '@sluice/config';
import { isSluiceError, SluiceError } from '@sluice/errors';
import { createLineParser } from '@sluice/parser';

import { textOption, textOptions } from './command.ts';

import type { Invocation } from './command.ts';
import type { LoadedConfig } from '@sluice/config';

/** Where the configuration is when --config does not say so; relative to the working folder. */
export const defaultConfigPath = 'config/config.yml';

/** What the services always mean, whatever the file says for `sluice`. */
export const serviceFlags: Readonly<Record<string, unknown>> = { 'pipeline.transport': 'kafka', 'pipeline.store': 'opensearch' };

/**
 * Loads the configuration for an invocation.
 *
 * Errors: LOG_FORMAT_INVALID for a `source.format` that does not compile, CONFIG_NOT_FOUND for a --config that does not exist, CONFIG_INVALID with every problem at once, USAGE for a
 * malformed --set. A missing default file means defaults.
 */
export function loadCommandConfig({ options, terminal }: Invocation, flags: Readonly<Record<string, unknown>> = {}): LoadedConfig {
  const given = textOption(options, 'config');
  const loaded = loadConfig({
    path: given ?? defaultConfigPath,
    required: given !== undefined,
    env: terminal.env,
    overrides: { ...parseSettings(textOptions(options, 'set')), ...flags },
  });
  checkFormat(loaded);
  return loaded;
}

/** A LogFormat that does not compile is said with the place it stands in, before anything is opened. */
function checkFormat({ config, origins }: LoadedConfig): void {
  try {
    createLineParser(config.source.format);
  } catch (error) {
    if (!isSluiceError(error, 'LOG_FORMAT_INVALID')) throw error;
    const origin = origins.get('source.format');
    throw new SluiceError(error.code, `${origin?.where ?? ''}: source.format: ${error.message}`, { hint: error.hint, cause: error });
  }
}

function parseSettings(settings: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    settings.map((setting) => {
      const at = setting.indexOf('=');
      if (at < 1) throw new SluiceError('USAGE', `--set needs KEY=VALUE, not "${setting}".`, { hint: 'For example: --set source.format=common' });
      return [setting.slice(0, at), setting.slice(at + 1)];
    }),
  );
}
