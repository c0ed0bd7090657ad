/**
 * The configuration a command works with: file, environment and flags put together by libs/config.
 */
import { loadConfig } from '@sluice/config';
import { SluiceError } from '@sluice/errors';

import { textOption, textOptions } from './command.ts';

import type { Invocation } from './command.ts';
import type { LoadedConfig } from '@sluice/config';

/** Where the configuration is when --config does not say so; relative to the working folder. */
export const defaultConfigPath = 'config/config.yml';

/**
 * Loads the configuration for an invocation.
 *
 * Errors: CONFIG_NOT_FOUND for a --config that does not exist, CONFIG_INVALID with every problem at once, USAGE for a
 * malformed --set. A missing default file means defaults.
 */
export function loadCommandConfig({ options, terminal }: Invocation, flags: Readonly<Record<string, unknown>> = {}): LoadedConfig {
  const given = textOption(options, 'config');
  return loadConfig({
    path: given ?? defaultConfigPath,
    required: given !== undefined,
    env: terminal.env,
    overrides: { ...parseSettings(textOptions(options, 'set')), ...flags },
  });
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
