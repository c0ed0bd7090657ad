/**
 * Writes small MMDB files for tests, by the MaxMind DB file format 2.0: a binary tree of address bits, a data
 * section, and metadata after a marker. Enough of it to make what the databases in use contain.
 */

export type MmdbValue = string | number | { readonly [key: string]: MmdbValue };

export interface MmdbEntry {
  /** Bits of the network, `00001000` for 8.0.0.0/8. */
  readonly bits: string;
  readonly record: MmdbValue;
}

/** The first `length` bits of an IPv4 address. */
export function bitsOf(address: string, length: number): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('')
    .slice(0, length);
}

type Node = [Node | number | null, Node | number | null];

/** A database of these networks; `ipVersion` 6 with IPv4 networks needs 96 zero bits before theirs. */
export function buildMmdb(type: string, ipVersion: 4 | 6, entries: readonly MmdbEntry[]): Buffer {
  const root: Node = [null, null];
  const data: Buffer[] = [];
  let dataLength = 0;
  for (const { bits, record } of entries) {
    let node = root;
    for (const bit of bits.slice(0, -1)) {
      const side = Number(bit) as 0 | 1;
      const next = node[side];
      node = Array.isArray(next) ? next : (node[side] = [null, null]);
    }
    node[Number(bits.at(-1)) as 0 | 1] = dataLength;
    const encoded = encode(record);
    data.push(encoded);
    dataLength += encoded.length;
  }

  const nodes: Node[] = [root];
  const numberOf = new Map<Node, number>([[root, 0]]);
  for (const node of nodes) {
    for (const side of node) {
      if (!Array.isArray(side)) continue;
      numberOf.set(side, nodes.length);
      nodes.push(side);
    }
  }
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [number, node] of nodes.entries()) {
    for (const [index, side] of node.entries()) {
      const value = side === null ? nodes.length : typeof side === 'number' ? nodes.length + 16 + side : (numberOf.get(side) ?? 0);
      tree.writeUIntBE(value, number * 6 + index * 3, 3);
    }
  }
  const metadata = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: ipVersion,
    database_type: type,
    binary_format_major_version: 2,
    build_epoch: 1_760_000_000,
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('abcdef4d61784d696e642e636f6d', 'hex'), metadata]);
}

function encode(value: MmdbValue): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') {
    const number = Buffer.alloc(Number.isInteger(value) && value >= 0 ? 4 : 8);
    if (number.length === 4) number.writeUInt32BE(value);
    else number.writeDoubleBE(value);
    return Buffer.concat([control(number.length === 4 ? 6 : 3, number.length), number]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, inner]) => [encode(key), encode(inner)])]);
}

function control(type: number, size: number): Buffer {
  return size < 29 ? Buffer.from([(type << 5) | size]) : Buffer.from([(type << 5) | 29, size - 29]);
}
