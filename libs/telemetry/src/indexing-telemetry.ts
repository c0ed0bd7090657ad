/**
 * What the storing half reports, as counters. Names that come from rules and stores are brought into closed sets.
 */
import { breakerStates } from '@sluice/ports';

import { closedSet, retryCodes, storeErrorKinds, threatClasses } from './label-sets.ts';

import type { IndexingTelemetry } from '@sluice/ports';
import type { ProcessRole } from './create-metrics.ts';
import type { Instruments } from './instruments.ts';
import type { Tally } from './tally.ts';

/** In the indexer this half also counts what comes in; elsewhere ingestion has done that. */
export function createIndexingTelemetry(role: ProcessRole, instruments: Instruments, tally: Tally): IndexingTelemetry {
  const startsHere = role === 'indexer';
  const toThreatClass = closedSet(threatClasses);
  const toRetryCode = closedSet(retryCodes);
  const toErrorKind = closedSet(storeErrorKinds);
  return {
    recordsReceived(count) {
      if (!startsHere) return;
      tally.add('received', count);
      instruments.add('received', count);
      instruments.observe('batchRecords', count);
    },
    recordsStored(count) {
      tally.add('stored', count);
      instruments.add('stored', count);
      instruments.add('logsProcessed', count);
    },
    recordsDuplicate(count) {
      tally.add('duplicate', count);
      instruments.add('duplicate', count);
      instruments.add('logsProcessed', count);
    },
    recordsDeadLettered(reason, count) {
      tally.add('deadLettered', count);
      instruments.add('deadLettered', count, { reason });
      instruments.add('logsFailed', count);
    },
    recordsDropped(reason, count) {
      tally.add('dropped', count);
      instruments.add('dropped', count, { reason });
    },
    recordsReturned(count) {
      if (!startsHere) return;
      tally.add('returned', count);
      instruments.add('returned', count);
    },
    stage(stage, seconds) {
      instruments.observe('stage', seconds, { stage });
      if (startsHere && stage === 'store') instruments.observe('logProcessing', seconds);
    },
    eventToStored(seconds) {
      instruments.observe('eventToStored', seconds);
      instruments.set('lastStored', Date.now() / 1000);
    },
    threats: (threatClass, severity, count) => instruments.add('threats', count, { class: toThreatClass(threatClass), severity }),
    bots: (kind, count) => instruments.add('bots', count, { kind }),
    storeRetry: (code) => instruments.add('storeRetries', 1, { code: toRetryCode(code) }),
    storeErrors: (kind, count) => instruments.add('storeErrors', count, { kind: toErrorKind(kind) }),
    breaker(state) {
      for (const one of breakerStates) instruments.set('breakerState', one === state ? 1 : 0, { state: one });
    },
    alertRaised: (kind) => instruments.add('alerts', 1, { kind }),
  };
}
