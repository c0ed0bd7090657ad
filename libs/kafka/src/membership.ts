/**
 * What an error from the group says about our membership.
 */

/**
 * `rebalancing`: still a member until the others have been told; what is done may be committed, then we join again.
 * `lost`: the partitions are somebody else's already; nothing may be committed any more.
 */
export type MembershipTrouble = 'rebalancing' | 'lost';

const lost = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);

/** Null for anything else, above all for a broker that does not answer: that may still be the member's broker. */
export function membershipTrouble(error: unknown): MembershipTrouble | null {
  const type: unknown = typeof error === 'object' && error !== null && 'type' in error ? error.type : null;
  if (type === 'REBALANCE_IN_PROGRESS') return 'rebalancing';
  return typeof type === 'string' && lost.has(type) ? 'lost' : null;
}
