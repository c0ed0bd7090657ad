/**
 * The event: one parsed access log line as flat JSON, and what enrichment adds to it.
 * Field names are those users query by; they never change within a major version.
 */

/** Values a client sent are hostile text of bounded length; only log escapes were undone. */
export interface LogEvent {
  /** ISO 8601 UTC with the log's own resolution, `2026-11-22T13:55:36Z`; null when the format has no time. */
  timestamp: string | null;
  /** Client address exactly as logged (`%h`, `%a`); null when the client was logged by name or not at all. */
  ip_address: string | null;
  method: string | null;
  /** Request target up to its first `?`; an absolute-form target whole; percent-encoding untouched. */
  path: string | null;
  status: number | null;
  /** Response bytes, `-` is 0 for `%b`; null when the format has no size. */
  bytes_sent: number | null;
  referer: string | null;
  user_agent: string | null;

  event_id: string;
  /** `source.id` of the ingest that read the line. */
  source: string;
  log_file: string;
  /** Byte offset of the line's first byte in the (decompressed) file. */
  log_offset: number;

  client_host?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
  user?: string | undefined;
  protocol?: string | undefined;
  /** Query string without its `?`; absent when the target has none. */
  query?: string | undefined;
  /** The raw request line where it is not method, target, protocol. */
  request?: string | undefined;
  response_time_ms?: number | undefined;
  request_bytes?: number | undefined;
  /** Everything else the format names, by directive name: `%{X-Id}i` under `x-id`, `%{C}C` under `cookie_c` and so on. */
  extra?: Record<string, string | number> | undefined;
}

export interface GeoPoint {
  lat: number;
  lon: number;
}

export const botKinds = ['search', 'ai', 'seo', 'monitor', 'preview', 'feed', 'library', 'scanner', 'archiver', 'social', 'other'] as const;
export type BotKind = (typeof botKinds)[number];

export const botClaims = ['claimed', 'verified', 'spoofed', 'unknown'] as const;
export type BotClaim = (typeof botClaims)[number];

export interface Bot {
  name: string;
  kind: BotKind;
  claim: BotClaim;
}

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const threatOutcomes = ['succeeded', 'failed', 'unknown'] as const;
export type ThreatOutcome = (typeof threatOutcomes)[number];

export interface Threat {
  rule: string;
  class: string;
  severity: Severity;
  /** Name of the event field that carried it. */
  field: string;
  /** At most 120 characters around the finding, control characters removed. */
  evidence: string;
}

/** What enrichment knows of an event. Null: looked for and not known, or switched off. */
export interface Enrichment {
  geo_country: string | null;
  geo_city: string | null;
  is_bot: boolean | null;
  security_threat: boolean | null;
  /** ISO 8601 UTC, when the event was enriched; one value per batch. */
  processed_at: string;

  geo_country_code?: string | undefined;
  geo_location?: GeoPoint | undefined;
  geo_asn?: number | undefined;
  geo_as_organization?: string | undefined;
  bot?: Bot | undefined;
  browser?: string | undefined;
  os?: string | undefined;
  device?: string | undefined;
  threats?: readonly Threat[] | undefined;
  threat_score?: number | undefined;
  threat_severity?: Severity | undefined;
  threat_outcome?: ThreatOutcome | undefined;
  session_id?: string | undefined;
}

/** A whole stored document is one flat object: event and enrichment side by side. */
export type EnrichedEvent = LogEvent & Enrichment;

/** The thirteen fields that `inspect` always prints, in this order, null when unknown. */
export const baseFields = [
  'timestamp',
  'ip_address',
  'method',
  'path',
  'status',
  'bytes_sent',
  'referer',
  'user_agent',
  'geo_country',
  'geo_city',
  'is_bot',
  'security_threat',
  'processed_at',
] as const satisfies readonly (keyof EnrichedEvent)[];

/** Fields that appear only when known, in the order they are printed after the base fields. */
export const optionalFields = [
  'event_id',
  'source',
  'log_file',
  'log_offset',
  'client_host',
  'host',
  'port',
  'user',
  'protocol',
  'query',
  'request',
  'response_time_ms',
  'request_bytes',
  'geo_country_code',
  'geo_location',
  'geo_asn',
  'geo_as_organization',
  'bot',
  'browser',
  'os',
  'device',
  'threats',
  'threat_score',
  'threat_severity',
  'threat_outcome',
  'session_id',
  'extra',
] as const satisfies readonly (keyof EnrichedEvent)[];
