/**
 * Text of the store and of what stands before it, for messages: it may quote what a client sent.
 */

// eslint-disable-next-line no-control-regex -- control characters are what has to go
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g;

/** One line of at most `maxLength` characters, without control, bidirectional and invisible characters. Anything but text gives ''. */
export function printable(text: unknown, maxLength = 300): string {
  if (typeof text !== 'string') return '';
  // Cut first: the rest of a long text costs nothing then.
  const line = text
    .slice(0, maxLength * 4)
    .replace(unprintable, ' ')
    .trim()
    .toWellFormed();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).toWellFormed()}…`;
}
