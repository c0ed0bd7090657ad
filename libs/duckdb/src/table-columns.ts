/**
 * The columns of the two tables, in the order in which `SELECT *` shows them: names and values as in the event, with
 * nested objects made flat (`geo_lat`, `bot_name`) and lists as JSON.
 */
import { isFileOrigin } from '@sluice/event';

import type { DeadLetter, FileOrigin, RecordOrigin } from '@sluice/event';
import type { StoreDocument } from '@sluice/ports';
import type { ColumnKind, TableColumn } from './column-block.ts';

type Get<Item> = TableColumn<Item>['get'];

const column = <Item>(name: string, kind: ColumnKind, get: Get<Item>): TableColumn<Item> => ({ name, kind, get });
const flag = (value: boolean | null): number | null => (value === null ? null : Number(value));
const json = (value: object | undefined): string | undefined => (value === undefined ? undefined : JSON.stringify(value));

export const eventColumns: readonly TableColumn<StoreDocument>[] = [
  column('timestamp', 'time', ({ event }) => event.timestamp),
  column('ip_address', 'text', ({ event }) => event.ip_address),
  column('method', 'text', ({ event }) => event.method),
  column('path', 'text', ({ event }) => event.path),
  column('status', 'integer', ({ event }) => event.status),
  column('bytes_sent', 'bigint', ({ event }) => event.bytes_sent),
  column('referer', 'text', ({ event }) => event.referer),
  column('user_agent', 'text', ({ event }) => event.user_agent),
  column('geo_country', 'text', ({ enrichment }) => enrichment.geo_country),
  column('geo_city', 'text', ({ enrichment }) => enrichment.geo_city),
  column('is_bot', 'boolean', ({ enrichment }) => flag(enrichment.is_bot)),
  column('security_threat', 'boolean', ({ enrichment }) => flag(enrichment.security_threat)),
  column('processed_at', 'time', ({ enrichment }) => enrichment.processed_at),
  column('event_id', 'distinct', ({ event }) => event.event_id),
  column('source', 'text', ({ event }) => event.source),
  column('log_file', 'text', ({ event }) => event.log_file),
  column('log_offset', 'bigint', ({ event }) => event.log_offset),
  column('client_host', 'text', ({ event }) => event.client_host),
  column('host', 'text', ({ event }) => event.host),
  column('port', 'integer', ({ event }) => event.port),
  column('user', 'text', ({ event }) => event.user),
  column('protocol', 'text', ({ event }) => event.protocol),
  column('query', 'text', ({ event }) => event.query),
  column('request', 'text', ({ event }) => event.request),
  column('response_time_ms', 'double', ({ event }) => event.response_time_ms),
  column('request_bytes', 'bigint', ({ event }) => event.request_bytes),
  column('geo_country_code', 'text', ({ enrichment }) => enrichment.geo_country_code),
  column('geo_lat', 'double', ({ enrichment }) => enrichment.geo_location?.lat),
  column('geo_lon', 'double', ({ enrichment }) => enrichment.geo_location?.lon),
  column('geo_asn', 'bigint', ({ enrichment }) => enrichment.geo_asn),
  column('geo_as_organization', 'text', ({ enrichment }) => enrichment.geo_as_organization),
  column('bot_name', 'text', ({ enrichment }) => enrichment.bot?.name),
  column('bot_kind', 'text', ({ enrichment }) => enrichment.bot?.kind),
  column('bot_claim', 'text', ({ enrichment }) => enrichment.bot?.claim),
  column('browser', 'text', ({ enrichment }) => enrichment.browser),
  column('os', 'text', ({ enrichment }) => enrichment.os),
  column('device', 'text', ({ enrichment }) => enrichment.device),
  column('threats', 'text', ({ enrichment }) => json(enrichment.threats)),
  column('threat_score', 'double', ({ enrichment }) => enrichment.threat_score),
  column('threat_severity', 'text', ({ enrichment }) => enrichment.threat_severity),
  column('threat_outcome', 'text', ({ enrichment }) => enrichment.threat_outcome),
  column('session_id', 'text', ({ enrichment }) => enrichment.session_id),
  column('extra', 'text', ({ event }) => json(event.extra)),
];

const fromFile = (letter: DeadLetter): FileOrigin | null => (isFileOrigin(letter.origin) ? letter.origin : null);
const fromRecord = (letter: DeadLetter): RecordOrigin | null => (isFileOrigin(letter.origin) ? null : letter.origin);

export const deadLetterColumns: readonly TableColumn<DeadLetter>[] = [
  column('event_id', 'distinct', (letter) => letter.event_id),
  column('reason', 'text', (letter) => letter.reason),
  column('message', 'text', (letter) => letter.message),
  column('column_number', 'integer', (letter) => letter.column),
  column('step', 'text', (letter) => letter.step),
  column('source', 'text', (letter) => fromFile(letter)?.source),
  column('log_file', 'text', (letter) => fromFile(letter)?.log_file),
  column('log_offset', 'bigint', (letter) => fromFile(letter)?.log_offset),
  column('topic', 'text', (letter) => fromRecord(letter)?.topic),
  column('partition', 'integer', (letter) => fromRecord(letter)?.partition),
  column('record_offset', 'text', (letter) => fromRecord(letter)?.offset),
  column('raw', 'text', (letter) => letter.raw),
  column('raw_encoding', 'text', (letter) => letter.raw_encoding),
  column('raw_bytes', 'bigint', (letter) => letter.raw_bytes),
  column('raw_crc32', 'text', (letter) => letter.raw_crc32),
  column('failed_at', 'time', (letter) => letter.failed_at),
  column('attempts', 'integer', (letter) => letter.attempts),
];
