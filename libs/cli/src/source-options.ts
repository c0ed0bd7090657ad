/**
 * The options of commands that read logs: which files, in which format.
 */
import { SluiceError } from '@sluice/errors';

import { textOptions } from './command.ts';

import type { Invocation } from './command.ts';

export const sourceOptions = {
  file: { type: 'string', multiple: true },
  format: { type: 'string', multiple: true },
  force: { type: 'boolean' },
  json: { type: 'boolean' },
  daemon: { type: 'boolean' },
} as const;

/**
 * The files to read to their end; none means that files are followed.
 *
 * Errors: USAGE for an argument that is no option, an empty name, and --file together with --daemon.
 */
export function filesOf({ options, positionals }: Invocation): string[] {
  // A glob that the shell has expanded: --file a.log b.log
  const files = [...textOptions(options, 'file'), ...positionals];
  if (positionals.length > 0 && textOptions(options, 'file').length === 0) {
    throw new SluiceError('USAGE', `What is "${positionals[0] ?? ''}"?`, { hint: `To read a log file: sluice --file ${positionals[0] ?? ''}` });
  }
  if (files.includes('')) {
    throw new SluiceError('USAGE', 'A file name is empty.', {
      hint: 'Perhaps a variable of the shell is not set. To read the current folder: --file .',
    });
  }
  if (options['daemon'] === true && files.length > 0) {
    throw new SluiceError('USAGE', 'Give --file or --daemon, not both.', { hint: 'A daemon follows source.paths of the configuration.' });
  }
  return files;
}

/** `--format` as a setting. */
export function formatFlag({ options }: Invocation): Record<string, unknown> {
  const formats = textOptions(options, 'format');
  return formats.length === 0 ? {} : { 'source.format': formats.length === 1 ? formats[0] : formats };
}
