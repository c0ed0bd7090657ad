/**
 * A publisher under the hand of the test: acknowledge at once, on demand, never, or fail.
 */
import type { OutgoingRecord, PublishOptions, RecordPublisher } from '@sluice/ports';

export interface PublishCall {
  readonly records: readonly OutgoingRecord[];
  readonly options: PublishOptions;
  readonly state: 'pending' | 'acknowledged' | 'failed';
}

export interface FakePublisher extends RecordPublisher {
  /** Every call in order, with what became of it. */
  readonly calls: readonly PublishCall[];
  /** Records of acknowledged calls, in the order of acknowledgement. */
  readonly acknowledged: readonly OutgoingRecord[];
  /** `auto` acknowledges at once (also what is pending); `manual` waits for `acknowledge` or `reject`. */
  setMode(mode: 'auto' | 'manual'): void;
  /** Acknowledges the oldest pending call; throws when there is none. */
  acknowledge(): void;
  /** Fails the oldest pending call; throws when there is none. */
  reject(error: unknown): void;
  /** Fails the next calls with this error, before anything is acknowledged. */
  failNext(error: unknown, times?: number): void;
}

interface Pending {
  readonly call: { -readonly [Key in keyof PublishCall]: PublishCall[Key] };
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Creates a publisher in `auto` mode. A pending call rejects with the signal's reason when its signal aborts. */
export function createFakePublisher(): FakePublisher {
  const calls: Pending['call'][] = [];
  const acknowledged: OutgoingRecord[] = [];
  const pending: Pending[] = [];
  const failures: unknown[] = [];
  let mode: 'auto' | 'manual' = 'auto';

  const settle = (error?: { readonly cause: unknown }, chosen = pending[0]): void => {
    if (chosen === undefined) throw new Error('no publish call is pending');
    pending.splice(pending.indexOf(chosen), 1);
    chosen.call.state = error === undefined ? 'acknowledged' : 'failed';
    if (error !== undefined) {
      chosen.reject(error.cause);
      return;
    }
    for (const record of chosen.call.records) acknowledged.push(record);
    chosen.resolve();
  };

  return {
    calls,
    acknowledged,
    publish: (records, options) =>
      new Promise<void>((resolve, reject) => {
        // The caller may reuse its array; what was handed over is what counts.
        const entry: Pending = { call: { records: [...records], options, state: 'pending' }, resolve, reject };
        calls.push(entry.call);
        pending.push(entry);
        const { signal } = options;
        if (signal?.aborted === true) {
          settle({ cause: signal.reason }, entry);
          return;
        }
        if (failures.length > 0) {
          settle({ cause: failures.shift() }, entry);
          return;
        }
        if (mode === 'auto') {
          settle(undefined, entry);
          return;
        }
        signal?.addEventListener(
          'abort',
          () => {
            if (pending.includes(entry)) settle({ cause: signal.reason }, entry);
          },
          { once: true },
        );
      }),
    setMode: (next) => {
      mode = next;
      while (mode === 'auto' && pending.length > 0) settle();
    },
    acknowledge: () => settle(),
    reject: (error) => settle({ cause: error }),
    failNext: (error, times = 1) => {
      for (let count = 0; count < times; count += 1) failures.push(error);
    },
  };
}
