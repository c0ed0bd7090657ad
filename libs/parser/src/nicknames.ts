/**
 * The formats that Apache's own configuration names, and those of its distributions.
 *
 * `%b` and `%O` have the same form, so one entry serves both; Debian's `combined` and `vhost_combined` log `%O`.
 */
const common = '%h %l %u %t "%r" %>s %b';
const combined = `${common} "%{Referer}i" "%{User-Agent}i"`;

/** Nickname -> its formats; the most usual first. */
export const nicknames: ReadonlyMap<string, readonly string[]> = new Map([
  ['common', [common]],
  ['combined', [combined]],
  ['vhost_combined', [`%v:%p ${combined}`, `%v ${combined}`]],
  ['vhost_common', [`%v:%p ${common}`, `%v ${common}`]],
  ['combinedio', [`${combined} %I %O`]],
  ['referer', ['%{Referer}i -> %U']],
  ['agent', ['%{User-agent}i']],
]);

/** What `auto` tries, most specific first. `referer` and `agent` have no time and fit almost any text: never guessed. */
export const guessedNames = ['vhost_combined', 'combinedio', 'combined', 'vhost_common', 'common', 'json'] as const;
