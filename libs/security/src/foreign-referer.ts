/** Says whether a link came from another site than the one that the log is of. */

const hostOf = /^https?:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i;

/**
 * True only when both hosts are known and neither is the other, above it or beside it: `www.example.org` and
 * `shop.example.org` are one site.
 *
 * Shape: `host` is the server name as logged (`%v`), with or without a port.
 */
export function isForeignReferer(referer: string | null, host: string | null): boolean {
  if (referer === null || host === null) return false;
  const from = hostOf.exec(referer)?.[1];
  if (from === undefined || from === '') return false;
  return siteOf(from) !== siteOf(host.replace(/:\d{1,5}$/, ''));
}

/** The last two labels. Where many sites share these (`co.uk`) they pass for one: rather a finding less than a false one. */
function siteOf(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, '');
  return /^[\d.]+$|^\[/.test(name) ? name : name.split('.').slice(-2).join('.');
}
