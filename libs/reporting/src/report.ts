/**
 * The report as plain data: what `sluice report --json` prints. Field names are stable within a major version.
 * Text in it is as clients sent it; whoever shows it makes it safe for where it is shown (`terminalText`, HTML escaping).
 */
import type { EventFilter } from '@sluice/ports';

export interface ReportCount {
  readonly value: string | number | boolean;
  readonly events: number;
  readonly bytes_sent: number;
}

export interface ReportAddress extends ReportCount {
  /** Where the address is, when a location database knew. */
  readonly country: string | null;
}

export interface ReportBucket {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly events: number;
  readonly threats: number;
  readonly bots: number;
  readonly server_errors: number;
}

export interface ThreatExample {
  readonly at: string | null;
  readonly ip_address: string | null;
  readonly method: string | null;
  /** Path and query, or the raw request line where there is no path. */
  readonly target: string | null;
  readonly status: number | null;
  readonly outcome: string | null;
  readonly rule: string;
  readonly severity: string;
  readonly field: string;
  readonly evidence: string;
  readonly event_id: string;
}

export interface ReportThreatClass {
  readonly class: string;
  readonly events: number;
  /** Attacks that were answered as if they had worked come first, newest first; no two with the same target. */
  readonly examples: readonly ThreatExample[];
}

export interface DeadLetterExample {
  readonly event_id: string;
  readonly reason: string;
  readonly message: string;
  readonly column: number | null;
  /** `file:offset` or `topic/partition/offset`. */
  readonly origin: string;
  /** The first bytes of the original; Latin-1 where they are not UTF-8. */
  readonly head: string;
  readonly raw_bytes: number;
}

export interface Report {
  readonly filter: EventFilter;
  readonly totals: {
    readonly events: number;
    readonly bytes_sent: number;
    readonly distinct_addresses: number;
    readonly bots: number;
    readonly threats: number;
    /** Over the whole store: a line that could not be read is in no filter. */
    readonly dead_letters: number;
  };
  /** Null when no event has a time. */
  readonly span: { readonly first_at: string; readonly last_at: string; readonly seconds: number } | null;
  /** Without gaps, oldest first; empty without a span. */
  readonly timeline: { readonly bucket_seconds: number; readonly buckets: readonly ReportBucket[] };
  /** By class, `1xx` to `5xx`. */
  readonly status_classes: readonly ReportCount[];
  readonly statuses: readonly ReportCount[];
  readonly methods: readonly ReportCount[];
  readonly hosts: readonly ReportCount[];
  readonly paths: readonly ReportCount[];
  readonly addresses: readonly ReportAddress[];
  readonly countries: readonly ReportCount[];
  readonly referers: readonly ReportCount[];
  readonly user_agents: readonly ReportCount[];
  readonly browsers: readonly ReportCount[];
  readonly operating_systems: readonly ReportCount[];
  readonly bots: { readonly kinds: readonly ReportCount[]; readonly names: readonly ReportCount[]; readonly claims: readonly ReportCount[] };
  readonly threats: {
    readonly classes: readonly ReportThreatClass[];
    readonly severities: readonly ReportCount[];
    readonly outcomes: readonly ReportCount[];
    /** Addresses by how many of their events are threats. */
    readonly addresses: readonly ReportAddress[];
  };
  /** Milliseconds; null when the log has no response times. */
  readonly response_time_ms: {
    readonly count: number;
    readonly mean: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  } | null;
  readonly dead_letters: {
    readonly reasons: readonly { readonly reason: string; readonly count: number }[];
    readonly examples: readonly DeadLetterExample[];
  };
}
