/**
 * A copy that does not keep the string it was cut from alive.
 *
 * V8 represents a slice of 13 characters or more as a pointer into its parent: a cached address or a piece of evidence
 * would hold a whole log line, 64 KiB of it if the client so wishes, for as long as it is remembered.
 */
export function ownCopy(text: string): string {
  // Joining makes a new flat string on the first index access; the slice then points into that one.
  return text.length < 13 ? text : ` ${text}`.slice(1);
}
