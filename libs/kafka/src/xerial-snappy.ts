/**
 * The framing that Java's snappy library puts around blocks: a magic number, two versions, then blocks with their
 * lengths.
 *
 * Source: SnappyOutputStream of xerial/snappy-java.
 */
const magic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const headerBytes = 16;
const lengthBytes = 4;

export function isXerialSnappy(bytes: Buffer): boolean {
  return bytes.length >= headerBytes && bytes.subarray(0, magic.length).equals(magic);
}

/** The content of all blocks. Throws a RangeError when a block is cut off. */
export function decodeXerialSnappy(bytes: Buffer, decompress: (block: Buffer) => Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = headerBytes; at < bytes.length;) {
    const endsAt = at + lengthBytes + bytes.readUInt32BE(at);
    if (endsAt > bytes.length) throw new RangeError('A snappy block is cut off.');
    blocks.push(decompress(bytes.subarray(at + lengthBytes, endsAt)));
    at = endsAt;
  }
  return Buffer.concat(blocks);
}
