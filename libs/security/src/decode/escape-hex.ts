/** Hexadecimal digits in a buffer of UTF-16 units. */

/** The value of a digit, -1 for anything else. */
export function digitValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** `count` hexadecimal digits at `at`, -1 when there are fewer. */
export function hexNumber(chars: Uint16Array, at: number, count: number, length: number): number {
  if (at + count > length) return -1;
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = digitValue(chars[i] ?? 0);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
