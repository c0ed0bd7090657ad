/**
 * How long partitions stand still: the longest time in which a group committed nothing in a partition that goes on growing.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { WatchedTopic } from './watched-topic.ts';

export interface StandstillWatch {
  /** The longest standstill of each partition since the last call, in ms; one that lasts counts as far as it has come. */
  take(): number[];
  stop(): Promise<void>;
}

interface Partition {
  committed: number;
  /** Of the last answer with a new commit, or with nothing to do. */
  movedAtMs: number;
  longestMs: number;
}

const pollPauseMs = 10;

/** Starts watching. What it tells is as exact as one answer of the brokers takes. */
export function watchStandstills(topic: WatchedTopic): StandstillWatch {
  const partitions = new Map<number, Partition>();
  let isStopping = false;

  const look = async (): Promise<void> => {
    const lags = await topic.lag();
    const now = performance.now();
    for (const { partition, committed, lag } of lags) {
      const known = partitions.get(partition) ?? { committed: -1, movedAtMs: now, longestMs: 0 };
      partitions.set(partition, known);
      known.longestMs = Math.max(known.longestMs, now - known.movedAtMs);
      if (lag > 0 && committed === known.committed) continue;
      known.committed = committed ?? -1;
      known.movedAtMs = now;
    }
  };
  const watching = (async () => {
    while (!isStopping) {
      await look();
      await sleep(pollPauseMs);
    }
  })();

  return {
    take: () => {
      const longest = [...partitions.values()].map(({ longestMs }) => Math.round(longestMs));
      for (const partition of partitions.values()) partition.longestMs = 0;
      return longest;
    },
    stop: async () => {
      isStopping = true;
      await watching;
    },
  };
}
