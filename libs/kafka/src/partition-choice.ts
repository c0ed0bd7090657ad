/**
 * Which partition a batch goes to: whole batches in turn, since one partition per batch compresses best and keeps order.
 */

/** Builds the choice; it begins anywhere, so that many processes do not all begin with the same partition. */
export function createPartitionChoice(random: () => number = Math.random): () => number {
  let next = Math.floor(random() * 0x1_0000);
  return () => {
    next = (next + 1) % 0x7fff_ffff;
    return next;
  };
}
