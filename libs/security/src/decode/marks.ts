/**
 * Separators of a query that were sent as such, told from `&` and `=` inside a value: they travel through decoding as
 * characters of their own, which client text cannot hold.
 */
export const nameMark = 0xe000;
export const valueMark = 0xe001;

const replacement = 0xfffd;

/** A decoded character, unless it would pass for a mark. */
export function withoutMarks(code: number): number {
  return code === nameMark || code === valueMark ? replacement : code;
}
