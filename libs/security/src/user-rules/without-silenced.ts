import type { RequestFields } from '../request-fields.ts';
import type { Finding } from '../verdict-of.ts';
import type { Silence } from './rules-file.ts';

/** The findings that no silence fits. */
export function withoutSilenced(findings: readonly Finding[], silences: readonly Silence[], { target, ip }: RequestFields): readonly Finding[] {
  const here = silences.filter(
    ({ pathPrefix, addresses }) =>
      (pathPrefix === undefined || target?.startsWith(pathPrefix) === true) && (addresses === undefined || (ip !== null && addresses.has(ip))),
  );
  if (here.length === 0) return findings;
  return findings.filter(
    ({ threat }) => !here.some(({ id, class: name }) => (id ?? threat.rule) === threat.rule && (name ?? threat.class) === threat.class),
  );
}
