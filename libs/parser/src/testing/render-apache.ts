/**
 * Writes values as httpd writes them into a log; the counterpart of the parser, kept apart from it.
 */

const shortEscapes = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

/** The text of a value in the log: everything but printable ASCII escaped, `"` and `\` too. */
export function escapeLogItem(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    text += shortEscapes.get(byte) ?? (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`);
  }
  return text;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `+0130` */
export function renderZone(zoneMinutes: number): string {
  const size = Math.abs(zoneMinutes);
  return `${zoneMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

/** The time of `%t` in a zone, by way of a Date whose UTC fields are the local ones. */
export function renderClfTime(epochSeconds: number, zoneMinutes: number): string {
  const local = new Date((epochSeconds + zoneMinutes * 60) * 1000);
  const date = `${two(local.getUTCDate())}/${months[local.getUTCMonth()] ?? ''}/${String(local.getUTCFullYear()).padStart(4, '0')}`;
  return `[${date}:${local.toISOString().slice(11, 19)} ${renderZone(zoneMinutes)}]`;
}
