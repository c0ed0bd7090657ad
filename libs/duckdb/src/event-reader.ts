/**
 * The port's questions, asked in SQL, answered in its words.
 */
import { deadLettersQuery, eventsQuery, histogramQuery, reasonsQuery, summaryQuery, topQuery } from './event-queries.ts';
import { toDeadLetter, toEvent } from './stored-items.ts';

import type { EventReader, EventSummary } from '@sluice/ports';
import type { Query } from './event-queries.ts';
import type { Row } from './store-protocol.ts';

/** Creates the reading half of the store over something that runs SQL. */
export function createEventReader(run: (query: Query) => Promise<readonly Row[]>): EventReader {
  return {
    summary: async (filter) => toSummary((await run(summaryQuery(filter)))[0] ?? []),
    top: async (field, limit, filter) => {
      const rows = await run(topQuery(field, limit, filter));
      return rows.map(([value, events, bytes]) => ({ value: value as string | number | boolean, events: Number(events), bytesSent: Number(bytes) }));
    },
    histogram: async (bucketSeconds, filter) => {
      const rows = await run(histogramQuery(bucketSeconds, filter));
      return rows.map(([at, events, threats, bots, serverErrors]) => ({
        at: new Date(String(at)).toISOString(),
        events: Number(events),
        threats: Number(threats),
        bots: Number(bots),
        serverErrors: Number(serverErrors),
      }));
    },
    events: async (limit, filter) => (await run(eventsQuery(limit, filter))).map(toEvent),
    deadLetters: async ({ limit, reason }) => (await run(deadLettersQuery(limit, reason))).map(toDeadLetter),
    deadLetterReasons: async () => (await run(reasonsQuery)).map(([reason, count]) => ({ reason: String(reason), count: Number(count) })),
  };
}

function toSummary(row: Row): EventSummary {
  const [events, deadLetters, firstAt, lastAt, bytesSent, distinctAddresses, bots, threats, timed, mean, p50, p95, p99, max] = row;
  return {
    events: Number(events),
    deadLetters: Number(deadLetters),
    firstAt: firstAt as string | null,
    lastAt: lastAt as string | null,
    bytesSent: Number(bytesSent),
    distinctAddresses: Number(distinctAddresses),
    bots: Number(bots),
    threats: Number(threats),
    responseTimeMs:
      Number(timed) === 0
        ? null
        : { count: Number(timed), mean: Number(mean), p50: Number(p50), p95: Number(p95), p99: Number(p99), max: Number(max) },
  };
}
