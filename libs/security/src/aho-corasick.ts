/**
 * Finds many literals in one pass over a text: Aho and Corasick's automaton as one flat table.
 * Time is linear in the text whatever it holds; letter case is folded in the table, so texts need no lower-casing, and
 * a blank in a literal stands for a line end, too.
 */

export interface LiteralMatcher {
  /** Calls `found` with the number of the literal and the index after its last character, for every occurrence. */
  search(text: string, found: (literal: number, end: number) => void): void;
  /** True when any literal occurs. */
  some(text: string): boolean;
}

/**
 * Builds the automaton.
 *
 * Shape: literals of ASCII characters -> matcher; a literal is reported by its index. Case-insensitive for ASCII.
 * Cost: about 2 bytes * states * distinct characters; 1,500 names take 2 MB and 15 ms, once.
 */
export function createLiteralMatcher(literals: readonly string[]): LiteralMatcher {
  const { symbolOf, symbols } = alphabetOf(literals);
  const capacity = literals.reduce((sum, literal) => sum + literal.length, 1);
  if (capacity > 0xffff) throw new RangeError('Too many literals for one automaton');
  const next = new Uint16Array(capacity * symbols);
  const ending = new Map<number, number[]>();

  let states = 1;
  for (const [number, literal] of literals.entries()) {
    let state = 0;
    for (let i = 0; i < literal.length; i++) {
      const at = state * symbols + (symbolOf[literal.charCodeAt(i)] ?? 0);
      if (next[at] === 0) next[at] = states++;
      state = next[at] ?? 0;
    }
    const known = ending.get(state);
    if (known === undefined) ending.set(state, [number]);
    else known.push(number);
  }
  const outputs = completeTransitions(next, states, symbols, ending);
  const ends = Uint8Array.from(outputs, (output) => (output === undefined ? 0 : 1));

  return {
    search: (text, found) => {
      let state = 0;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        // Characters of no literal, and all beyond ASCII, lead back to the root.
        const symbol = code < 128 ? (symbolOf[code] ?? 0) : 0;
        state = symbol === 0 ? 0 : (next[state * symbols + symbol] ?? 0);
        const output = outputs[state];
        if (output !== undefined) for (const literal of output) found(literal, i + 1);
      }
    },
    some: (text) => {
      let state = 0;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        const symbol = code < 128 ? (symbolOf[code] ?? 0) : 0;
        state = symbol === 0 ? 0 : (next[state * symbols + symbol] ?? 0);
        if (ends[state] === 1) return true;
      }
      return false;
    },
  };
}

/** Numbers the characters in use from 1; both cases of a letter get the same number. */
function alphabetOf(literals: readonly string[]): { symbolOf: Uint8Array; symbols: number } {
  const symbolOf = new Uint8Array(128);
  let symbols = 1;
  for (const character of new Set(literals.join('').toLowerCase())) {
    const code = character.charCodeAt(0);
    if (code >= 128) throw new RangeError('Literals must be ASCII');
    symbolOf[code] = symbols;
    symbolOf[character.toUpperCase().charCodeAt(0)] = symbols;
    symbols++;
  }
  // A line end is as good as a blank to whoever reads what was decoded.
  symbolOf[0x0a] = symbolOf[0x20] ?? 0;
  return { symbolOf, symbols };
}

/** Breadth first: fills missing transitions from the longest proper suffix, and gathers what ends in each state. */
function completeTransitions(next: Uint16Array, states: number, symbols: number, ending: Map<number, number[]>): (readonly number[] | undefined)[] {
  const fallback = new Uint16Array(states);
  const outputs = new Array<readonly number[] | undefined>(states).fill(undefined);
  const queue: number[] = [0];
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] ?? 0;
    const own = ending.get(state);
    const inherited = state === 0 ? undefined : outputs[fallback[state] ?? 0];
    outputs[state] = own === undefined ? inherited : [...own, ...(inherited ?? [])];
    for (let symbol = 1; symbol < symbols; symbol++) {
      const at = state * symbols + symbol;
      const target = next[at] ?? 0;
      const viaSuffix = state === 0 ? 0 : (next[(fallback[state] ?? 0) * symbols + symbol] ?? 0);
      if (target === 0) {
        next[at] = viaSuffix;
      } else {
        fallback[target] = viaSuffix;
        queue.push(target);
      }
    }
  }
  return outputs;
}
