/**
 * The index templates: how fields are indexed, and under which alias readers find them. ADR 8 has the reasons.
 */
import { createHash } from 'node:crypto';

import { longExtraField } from './encode-document.ts';

import type { ElasticsearchConfig } from '@sluice/config';
import type { IndexNames } from './index-names.ts';

/** Raised with every change of the mappings below; an older Sluice leaves a newer template alone. */
export const templateVersion = 1;
export const templateOwner = 'sluice';

export interface IndexTemplate {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly _meta: TemplateMeta };
}

export interface TemplateMeta {
  readonly managed_by: string;
  readonly version: number;
  /** Of everything else in the template: tells whether the configuration changed. */
  readonly digest: string;
}

/**
 * Longer values are kept and shown, but neither searched nor grouped: Lucene refuses the whole document for a term over
 * 32,766 bytes, and 8191 characters never have more.
 */
const ignoreAbove = 8191;

const keyword = { type: 'keyword', ignore_above: ignoreAbove };
/** Kept and shown, never searched for. */
const unindexed = { type: 'keyword', index: false, doc_values: false };
const long = { type: 'long' };
const boolean = { type: 'boolean' };
/** Milliseconds are what is sorted and counted by; the document keeps the digits of the log. */
const date = { type: 'date', format: 'strict_date_optional_time' };

const eventMapping = {
  timestamp: date,
  // A name in the place of an address (records of other shippers) must not cost the event.
  ip_address: { type: 'ip', ignore_malformed: true },
  method: keyword,
  path: keyword,
  status: { type: 'short' },
  bytes_sent: long,
  referer: keyword,
  user_agent: keyword,
  geo_country: keyword,
  geo_city: keyword,
  is_bot: boolean,
  security_threat: boolean,
  processed_at: date,
  // It is the `_id` as well, which is searched by.
  event_id: unindexed,
  source: keyword,
  log_file: keyword,
  log_offset: { type: 'long', index: false },
  client_host: keyword,
  host: keyword,
  port: { type: 'integer' },
  user: keyword,
  protocol: keyword,
  query: keyword,
  request: keyword,
  // Microseconds are what Apache counts in; as whole numbers they are exact and small.
  response_time_ms: { type: 'scaled_float', scaling_factor: 1000 },
  request_bytes: long,
  geo_country_code: keyword,
  geo_location: { type: 'geo_point' },
  geo_asn: long,
  geo_as_organization: keyword,
  bot: { properties: { name: keyword, kind: keyword, claim: keyword } },
  browser: keyword,
  os: keyword,
  device: keyword,
  threats: { properties: { rule: keyword, class: keyword, severity: keyword, field: keyword, evidence: unindexed } },
  threat_score: { type: 'float' },
  threat_severity: keyword,
  threat_outcome: keyword,
  session_id: keyword,
  // One field whatever headers a format names: no mapping grows by what clients send.
  extra: { type: 'flat_object' },
  [longExtraField]: { type: 'object', enabled: false },
};

/** A dead letter must never be refused itself: nothing in it can be malformed. */
const deadLetterMapping = {
  event_id: unindexed,
  reason: keyword,
  message: unindexed,
  column: { type: 'integer', ignore_malformed: true },
  step: keyword,
  origin: {
    properties: {
      source: keyword,
      log_file: keyword,
      log_offset: { type: 'long', index: false, ignore_malformed: true },
      topic: keyword,
      partition: { type: 'integer', ignore_malformed: true },
      // Beyond what a `long` of JavaScript holds.
      offset: keyword,
    },
  },
  raw: unindexed,
  raw_encoding: keyword,
  raw_bytes: { type: 'long', ignore_malformed: true },
  raw_crc32: keyword,
  failed_at: { ...date, ignore_malformed: true },
  attempts: { type: 'integer', ignore_malformed: true },
};

export interface IndexTemplates {
  readonly events: IndexTemplate;
  readonly deadLetters: IndexTemplate;
}

/** Builds both templates. */
export function buildTemplates(config: ElasticsearchConfig, names: IndexNames): IndexTemplates {
  const settings = {
    number_of_shards: config.shards,
    number_of_replicas: config.replicas,
    refresh_interval: config.refresh_interval_seconds === -1 ? '-1' : `${config.refresh_interval_seconds}s`,
    codec: 'best_compression',
  };
  return {
    events: withMeta(`sluice-events-${names.alias}`, {
      index_patterns: names.patterns,
      // `web*` of an index `web` covers those of `web-2026` too: the longer name must win, and equal priorities are refused.
      priority: 500 + names.alias.length,
      template: { settings, mappings: mappingOf(eventMapping), aliases: { [names.alias]: {} } },
    }),
    deadLetters: withMeta(`sluice-dead-letters-${names.alias}`, {
      index_patterns: [names.deadLetters],
      priority: 1000 + names.alias.length,
      template: { settings: { ...settings, number_of_shards: 1 }, mappings: mappingOf(deadLetterMapping) },
    }),
  };
}

/** What is not named is kept and not indexed: no client can make the mapping grow. */
function mappingOf(properties: Record<string, unknown>): Record<string, unknown> {
  return { dynamic: false, properties };
}

function withMeta(name: string, body: Record<string, unknown>): IndexTemplate {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16);
  return { name, body: { ...body, _meta: { managed_by: templateOwner, version: templateVersion, digest } } };
}
