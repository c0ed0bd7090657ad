/** Microseconds since the epoch of an ISO time in UTC, exact to the year 2255; NaN for anything else. Finer digits are cut. */
export function parseMicros(text: string): number {
  const ms = Date.parse(text);
  const dot = text.indexOf('.');
  if (dot === -1 || Number.isNaN(ms)) return ms * 1000;
  // Date keeps three digits; the next three are added by hand.
  let micros = 0;
  for (let at = dot + 4; at < dot + 7; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return ms * 1000 + micros * 10 ** (dot + 7 - at);
    micros = micros * 10 + digit;
  }
  return ms * 1000 + micros;
}
