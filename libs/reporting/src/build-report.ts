/**
 * Asks a store the questions of a report. Everything is counted by the store; only a handful of examples come here whole.
 */
import { decodeRaw, isFileOrigin } from '@sluice/event';

import { bucketCount, chooseBucketSeconds } from './bucket-width.ts';

import type { DeadLetter, EnrichedEvent } from '@sluice/event';
import type { EventFilter, EventReader, EventSummary, FilterField, GroupCount, GroupField } from '@sluice/ports';
import type { DeadLetterExample, Report, ReportAddress, ReportBucket, ReportCount, ReportThreatClass, ThreatExample } from './report.ts';

export interface ReportOptions {
  readonly filter?: EventFilter | undefined;
  /** Entries in each list; default 10. */
  readonly top?: number | undefined;
  /** Width of the buckets over time; by default a round one that gives at most 60. Raised where it gave more than 2,000. */
  readonly bucketSeconds?: number | undefined;
}

const defaultTop = 10;
const autoBuckets = 60;
const mostBuckets = 2000;
/** Addresses whose country is asked for, each a query of its own. */
const locatedAddresses = 10;
const examplesPerClass = 3;
const examplesPerReason = 3;
/** Events looked at per class to find examples that differ. */
const exampleCandidates = 20;
const headBytes = 200;

/**
 * Builds the report of the events that pass the filter.
 *
 * Cost: about 25 + 2 per threat class + 20 for locations small queries; memory is bounded by `top`, not by the store.
 * Errors: whatever the reader rejects with.
 */
export async function buildReport(reader: EventReader, options: ReportOptions = {}): Promise<Report> {
  const filter = options.filter ?? {};
  const limit = options.top ?? defaultTop;
  const top = async (field: GroupField, within: EventFilter | null = filter): Promise<ReportCount[]> =>
    within === null ? [] : (await reader.top(field, limit, within)).map(toReportCount);
  const attacks = narrow(filter, 'security_threat', true);
  const bots = narrow(filter, 'is_bot', true);

  const summary = await reader.summary(filter);
  const [span, timeline] = await readTimeline(reader, filter, summary, options.bucketSeconds);
  return {
    filter,
    totals: {
      events: summary.events,
      bytes_sent: summary.bytesSent,
      distinct_addresses: summary.distinctAddresses,
      bots: summary.bots,
      threats: summary.threats,
      dead_letters: summary.deadLetters,
    },
    span,
    timeline,
    status_classes: (await reader.top('status_class', 10, filter)).map(toReportCount).sort((a, b) => (a.value < b.value ? -1 : 1)),
    statuses: await top('status'),
    methods: await top('method'),
    hosts: await top('host'),
    paths: await top('path'),
    addresses: await locate(reader, filter, await top('ip_address')),
    countries: await top('geo_country'),
    referers: await top('referer'),
    user_agents: await top('user_agent'),
    browsers: await top('browser'),
    operating_systems: await top('os'),
    bots: { kinds: await top('bot_kind', bots), names: await top('bot_name', bots), claims: await top('bot_claim', bots) },
    threats: {
      classes: await readThreatClasses(reader, filter, await top('threat_class')),
      severities: await top('threat_severity', attacks),
      outcomes: await top('threat_outcome', attacks),
      addresses: await locate(reader, filter, await top('ip_address', attacks)),
    },
    response_time_ms: summary.responseTimeMs,
    dead_letters: await readDeadLetters(reader),
  };
}

function toReportCount({ value, events, bytesSent }: GroupCount): ReportCount {
  return { value, events, bytes_sent: bytesSent };
}

/** The filter with one more condition; null when it already demands another value there, so nothing can pass. */
function narrow(filter: EventFilter, field: FilterField, value: string | number | boolean): EventFilter | null {
  const demanded = filter.equals?.[field];
  if (demanded !== undefined && demanded !== value) return null;
  return { ...filter, equals: { ...filter.equals, [field]: value } };
}

async function readTimeline(
  reader: EventReader,
  filter: EventFilter,
  summary: EventSummary,
  wantedSeconds: number | undefined,
): Promise<[Report['span'], Report['timeline']]> {
  const { firstAt, lastAt } = summary;
  if (firstAt === null || lastAt === null) return [null, { bucket_seconds: wantedSeconds ?? 1, buckets: [] }];
  const firstMs = Date.parse(firstAt);
  const lastMs = Date.parse(lastAt);
  const wanted = wantedSeconds ?? chooseBucketSeconds(firstMs, lastMs, autoBuckets);
  const bucketSeconds = bucketCount(firstMs, lastMs, wanted) > mostBuckets ? chooseBucketSeconds(firstMs, lastMs, mostBuckets) : wanted;

  const found = new Map<number, ReportBucket>();
  for (const bucket of await reader.histogram(bucketSeconds, filter)) {
    const { at, events, threats, bots, serverErrors } = bucket;
    found.set(Date.parse(at), { at, events, threats, bots, server_errors: serverErrors });
  }
  const buckets: ReportBucket[] = [];
  const bucketMs = bucketSeconds * 1000;
  for (let startMs = Math.floor(firstMs / bucketMs) * bucketMs; startMs <= lastMs; startMs += bucketMs) {
    buckets.push(found.get(startMs) ?? emptyBucket(startMs));
  }
  const seconds = Math.round((lastMs - firstMs) / 1000);
  return [
    { first_at: firstAt, last_at: lastAt, seconds },
    { bucket_seconds: bucketSeconds, buckets },
  ];
}

function emptyBucket(startMs: number): ReportBucket {
  return { at: new Date(startMs).toISOString(), events: 0, threats: 0, bots: 0, server_errors: 0 };
}

async function locate(reader: EventReader, filter: EventFilter, addresses: readonly ReportCount[]): Promise<ReportAddress[]> {
  const located: ReportAddress[] = [];
  for (const [index, address] of addresses.entries()) {
    const within = index < locatedAddresses ? narrow(filter, 'ip_address', address.value) : null;
    const countries = within === null ? [] : await reader.top('geo_country', 1, within);
    located.push({ ...address, country: countries[0] === undefined ? null : String(countries[0].value) });
  }
  return located;
}

async function readThreatClasses(reader: EventReader, filter: EventFilter, counts: readonly ReportCount[]): Promise<ReportThreatClass[]> {
  const classes: ReportThreatClass[] = [];
  for (const { value, events } of counts) {
    const name = String(value);
    const within = narrow(filter, 'threat_class', name);
    const succeeded = within === null ? null : narrow(within, 'threat_outcome', 'succeeded');
    const candidates = [
      ...(succeeded === null ? [] : await reader.events(exampleCandidates, succeeded)),
      ...(within === null ? [] : await reader.events(exampleCandidates, within)),
    ];
    classes.push({ class: name, events, examples: chooseExamples(candidates, name) });
  }
  return classes;
}

function chooseExamples(candidates: readonly EnrichedEvent[], threatClass: string): ThreatExample[] {
  const examples = new Map<string, ThreatExample>();
  for (const event of candidates) {
    const threat = event.threats?.find((candidate) => candidate.class === threatClass);
    if (threat === undefined || examples.size === examplesPerClass) continue;
    const target = event.path === null ? (event.request ?? null) : event.query === undefined ? event.path : `${event.path}?${event.query}`;
    const key = target ?? '';
    if (examples.has(key)) continue;
    examples.set(key, {
      at: event.timestamp,
      ip_address: event.ip_address,
      method: event.method,
      target,
      status: event.status,
      outcome: event.threat_outcome ?? null,
      rule: threat.rule,
      severity: threat.severity,
      field: threat.field,
      evidence: threat.evidence,
      event_id: event.event_id,
    });
  }
  return [...examples.values()];
}

async function readDeadLetters(reader: EventReader): Promise<Report['dead_letters']> {
  const reasons = await reader.deadLetterReasons();
  const examples: DeadLetterExample[] = [];
  for (const { reason } of reasons) {
    for (const letter of await reader.deadLetters({ limit: examplesPerReason, reason })) examples.push(toExample(letter));
  }
  return { reasons, examples };
}

function toExample(letter: DeadLetter): DeadLetterExample {
  const { event_id, reason, message, column, origin, raw_bytes, raw_encoding } = letter;
  const head = decodeRaw(letter).subarray(0, headBytes);
  const place = isFileOrigin(origin) ? `${origin.log_file}:${origin.log_offset}` : `${origin.topic}/${origin.partition}/${origin.offset}`;
  return { event_id, reason, message, column, origin: place, head: head.toString(raw_encoding === 'utf8' ? 'utf8' : 'latin1'), raw_bytes };
}
