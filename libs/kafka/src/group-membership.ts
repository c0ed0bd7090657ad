/**
 * One consumer's membership: a new one begins with every request to join, and whatever belongs to the one before is void
 * from that moment, also when the same partitions come back.
 */

export interface Membership {
  /** Aborts when the membership is over. */
  readonly signal: AbortSignal;
}

export interface GroupMembership {
  readonly current: Membership;
  /** Partitions of the topic; empty while joining. */
  readonly partitions: readonly number[];
  readonly isJoined: boolean;
  /** The coordinator said that the group rebalances, or we noticed ourselves. */
  rebalancing(): void;
  /** A request to join was answered. */
  joining(): void;
  joined(partitions: readonly number[]): void;
  /** For good, for this reason. */
  end(reason: Error): void;
}

export function createGroupMembership(): GroupMembership {
  let over = new AbortController();
  let current: Membership = { signal: over.signal };
  let partitions: readonly number[] = [];
  let isJoined = false;

  const finish = (reason: Error): void => {
    over.abort(reason);
    partitions = [];
    isJoined = false;
  };

  return {
    get current() {
      return current;
    },
    get partitions() {
      return partitions;
    },
    get isJoined() {
      return isJoined;
    },
    rebalancing: () => {
      isJoined = false;
    },
    joining: () => {
      finish(new Error('The partition was revoked.'));
      over = new AbortController();
      current = { signal: over.signal };
    },
    joined: (assigned) => {
      partitions = assigned;
      isJoined = true;
    },
    end: finish,
  };
}
