/**
 * What the transport between two processes reports, as gauges and counters.
 */
import { closedSet, retryCodes } from './label-sets.ts';

import type { TransportTelemetry } from '@sluice/ports';
import type { Instruments } from './instruments.ts';

export function createTransportTelemetry(instruments: Instruments): TransportTelemetry {
  const toRetryCode = closedSet(retryCodes);
  let connections = 0;
  return {
    connectionsChanged(by) {
      connections += by;
      instruments.set('activeConnections', connections);
    },
    lag(partition, records) {
      const labels = { partition: String(partition) };
      if (records === null) instruments.remove('consumerLag', labels);
      else instruments.set('consumerLag', records, labels);
    },
    lagSeconds: (seconds) => instruments.set('lagSeconds', Math.max(0, seconds)),
    publishRetry: (code) => instruments.add('publishRetries', 1, { code: toRetryCode(code) }),
    rebalanced: () => instruments.add('rebalances', 1),
  };
}
