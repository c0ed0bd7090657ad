import packageJson from '../package.json' with { type: 'json' };

/** Version of Sluice; all packages of the repository share one. */
export const version: string = packageJson.version;
