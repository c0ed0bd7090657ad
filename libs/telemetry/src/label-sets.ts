/**
 * Closed sets of label values, and how a name from elsewhere is brought into one.
 */
import { errorRegistry } from '@sluice/errors';

import type { IngestionTelemetry, StageName } from '@sluice/ports';

export const stageNames = ['parse', 'enrich', 'store'] as const satisfies readonly StageName[];
export const rotationKinds = ['renamed', 'truncated', 'deleted'] as const satisfies readonly Parameters<IngestionTelemetry['rotationSeen']>[0][];

/** Classes of attack that detection names; a class it gains shows as `other` until it is entered here. */
export const threatClasses = [
  'sqli', 'nosqli', 'xss', 'path-traversal', 'lfi', 'rfi', 'rce', 'log4shell', 'ssrf', 'ssti', 'ssi', 'ldap', 'xpath', 'xxe', 'crlf',
  'php-injection', 'java-injection', 'nodejs-injection', 'prototype-pollution', 'deserialization', 'session-fixation', 'open-redirect',
  'mail-command', 'shellshock', 'webshell', 'sensitive-file', 'scanner-probe', 'scanner-ua', 'proxy-abuse', 'protocol', 'false-bot', 'bad-bot', 'other',
] as const; // prettier-ignore

/** Codes a call of the store is tried again for. */
export const retryCodes: readonly string[] = [...Object.keys(errorRegistry).filter(isRetryable), 'other'];

/** How a call of a store fails: our codes, and what nobody expected. */
export const storeErrorKinds: readonly string[] = [...Object.keys(errorRegistry).filter((code) => code.startsWith('STORE_')), 'unexpected', 'other'];

function isRetryable(code: string): boolean {
  return errorRegistry[code as keyof typeof errorRegistry].retryable;
}

/** Maps a name to itself when it is in the set, to `other` when it is not. */
export function closedSet(values: readonly string[]): (name: string) => string {
  const known = new Set(values);
  return (name) => (known.has(name) ? name : 'other');
}
