/** Secrets out of an event and of what was found in it: the last step before anything is stored, published or logged. */
import type { Enrichment, LogEvent } from '@sluice/event';
import type { AddressAnonymiser, SecretMasker } from '@sluice/security';

/** What a client may have put a secret into. Null where nothing is masked or anonymised. */
export interface Masking {
  readonly masker: SecretMasker | null;
  readonly anonymise: AddressAnonymiser | null;
}

/** The event without secrets; the same object where it has none. After detection and location, which need them. */
export function maskEvent(event: LogEvent, { masker, anonymise }: Masking): LogEvent {
  const { path, query, referer, request, ip_address: address } = event;
  const masked: Partial<LogEvent> = {};
  if (masker !== null) {
    if (path !== null) keepChange(masked, 'path', path, masker.address(path));
    if (query !== undefined) keepChange(masked, 'query', query, masker.query(query));
    if (referer !== null) keepChange(masked, 'referer', referer, masker.address(referer));
    if (request !== undefined) keepChange(masked, 'request', request, masker.text(request));
  }
  if (anonymise !== null && address !== null) keepChange(masked, 'ip_address', address, anonymise(address));
  return Object.keys(masked).length === 0 ? event : { ...event, ...masked };
}

/** The same for evidence, which is a piece of the decoded event. */
export function maskEnrichment(enrichment: Enrichment, { masker }: Masking): Enrichment {
  const { threats } = enrichment;
  if (masker === null || threats === undefined) return enrichment;
  const masked = threats.map((threat) => ({ ...threat, evidence: masker.text(threat.evidence) }));
  return masked.every((threat, index) => threat.evidence === threats[index]?.evidence) ? enrichment : { ...enrichment, threats: masked };
}

type MaskedField = 'path' | 'query' | 'referer' | 'request' | 'ip_address';

function keepChange(changes: Partial<LogEvent>, name: MaskedField, before: string, after: string): void {
  if (after !== before) changes[name] = after;
}
