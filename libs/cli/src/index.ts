export { sharedHelp, sharedOptions, textOption, textOptions, wantsColor } from './command.ts';
export type { Command, Invocation, OptionValues, RunCommandLine, Terminal } from './command.ts';
export { defaultConfigPath, loadCommandConfig, serviceFlags } from './command-config.ts';
export { createProgress } from './progress.ts';
export type { Progress } from './progress.ts';
export { filesOf, formatFlag, sourceOptions } from './source-options.ts';
export { aborted } from './aborted.ts';
export { failWith, invokeCommand } from './invoke-command.ts';
export { writeJson, writeText } from './write-text.ts';
