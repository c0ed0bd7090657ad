/**
 * Seeded randomness, so that every generated log and every test run is the same run again.
 */

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the values; the list must not be empty. */
  pick<T>(values: readonly T[]): T;
}

/**
 * Creates a random source; the same seed gives the same sequence on every platform.
 *
 * Source: sfc32, 128 bits of state, seeded by running it in.
 */
export function createRandom(seed: number): Random {
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88 | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 12; round += 1) next();
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: <T>(values: readonly T[]): T => {
      const value = values[int(values.length)];
      if (value === undefined) throw new RangeError('nothing to pick from');
      return value;
    },
  };
}

/**
 * Creates a sampler of ranks 0..count-1 where rank r is drawn in proportion to 1 / (r + 1)^exponent.
 *
 * Cost: two random numbers a draw whatever the count (Vose's alias method); 12 bytes a rank.
 */
export function createZipfSampler(count: number, exponent: number, random: Random): () => number {
  const weights = new Float64Array(count);
  let total = 0;
  for (let rank = 0; rank < count; rank += 1) {
    const weight = (rank + 1) ** -exponent;
    weights[rank] = weight;
    total += weight;
  }
  const share = new Float64Array(count);
  const alias = new Uint32Array(count);
  const small: number[] = [];
  const large: number[] = [];
  for (let rank = 0; rank < count; rank += 1) {
    const scaled = ((weights[rank] ?? 0) * count) / total;
    share[rank] = scaled;
    alias[rank] = rank;
    (scaled < 1 ? small : large).push(rank);
  }
  while (small.length > 0 && large.length > 0) {
    const less = small.pop() ?? 0;
    const more = large.pop() ?? 0;
    alias[less] = more;
    const rest = (share[more] ?? 0) - (1 - (share[less] ?? 0));
    share[more] = rest;
    (rest < 1 ? small : large).push(more);
  }
  // What rounding left over on either list keeps its own rank.
  for (const rank of [...small, ...large]) share[rank] = 1;
  return () => {
    const rank = random.int(count);
    return random.next() < (share[rank] ?? 1) ? rank : (alias[rank] ?? rank);
  };
}
