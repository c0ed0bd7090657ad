/** A variable of this process's environment: the testbed's way to be handed addresses and tools; empty is unset. */
export function environmentVariable(name: string): string | undefined {
  // eslint-disable-next-line no-restricted-properties -- tests have no main.ts that could read it for them
  const value = process.env[name];
  return value === '' ? undefined : value;
}
