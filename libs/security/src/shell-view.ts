/** What a shell ignores inside a word, or takes for a blank. */
const blankVariable = /\$\{?ifs\}?(?:\$\d)?|%programfiles:~10,-5%/g;
const ignored = /\$[@*!?\-_](?=\w)|\$\{[@*!?#_]\}|\$\(\)|``|['"\\^]|\$u(?=[/\s]|$)/g;

/** The text with that removed, so that `c'a't`, `c\at` and `c$@at` are `cat`; the same string where nothing was. */
export function shellViewOf(text: string): string {
  return text.replace(blankVariable, ' ').replace(ignored, '');
}

/** True when a shell would read the text otherwise than it looks. */
export const shellTricks = /['"\\^`]|\$[@*!?\-_{(ui]/;
