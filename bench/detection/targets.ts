/** What is measured, row by row of the table, and what it must reach. */
import type { Judged } from './judge.ts';
import type { RequestRow } from './rows.ts';

export interface Measure {
  readonly title: string;
  readonly kind: 'recall' | 'false positives';
  readonly targetPercent: number;
  readonly selects: (row: RequestRow) => boolean;
  /** Taken of a log that names its host. */
  readonly withHost?: boolean;
}

const isAttack = (row: RequestRow): boolean => row.label === 'attack' && row.weak !== true;
const isBenign = (row: RequestRow): boolean => row.label === 'benign';
const recall = (title: string, targetPercent: number, selects: (row: RequestRow) => boolean): Measure => ({
  title,
  kind: 'recall',
  targetPercent,
  selects: (row) => isAttack(row) && selects(row),
});
const alarms = (title: string, targetPercent: number, selects: (row: RequestRow) => boolean): Measure => ({
  title,
  kind: 'false positives',
  targetPercent,
  selects: (row) => isBenign(row) && selects(row),
});
const list =
  (corpora: string, classes: string) =>
  (row: RequestRow): boolean =>
    corpora.split(' ').includes(row.corpus) && classes.split(' ').includes(row.class ?? '');
const isCrs = (row: RequestRow): boolean => row.corpus === 'crs' || row.corpus === 'crs_form';

/** The tests of CRS as a log with `%v` has them; their host is `localhost`, which the collection leaves out. */
export function crsRowsWithHost(rows: readonly RequestRow[]): RequestRow[] {
  return rows.filter(isCrs).map((row) => ({ ...row, host: 'localhost' }));
}

export const measures: readonly Measure[] = [
  recall('CRS positive tests, PL1', 90, (row) => isCrs(row) && row.pl === 1),
  { ...recall('the same, in a log that names its host', 90, (row) => row.pl === 1), withHost: true },
  recall('CRS positive tests, PL2', 40, (row) => isCrs(row) && row.pl === 2),
  recall('SQL injection lists', 95, list('payloads', 'sqli')),
  recall('SQL injection, libinjection', 97, list('libinjection', 'sqli')),
  recall('XSS lists', 95, list('payloads', 'xss')),
  recall('XSS, libinjection', 97, list('libinjection', 'xss')),
  recall('path traversal, file inclusion lists', 92, list('payloads', 'lfi')),
  recall('remote file inclusion', 95, list('payloads', 'rfi')),
  recall('command injection', 85, list('payloads', 'rce')),
  recall('template injection', 90, list('payloads', 'ssti')),
  recall('server-side includes', 90, list('payloads', 'ssi')),
  recall('NoSQL', 85, list('payloads', 'nosqli')),
  recall('CRLF', 70, list('payloads', 'crlf')),
  recall('LDAP', 60, list('payloads', 'ldap')),
  recall('open redirect', 50, list('payloads', 'open-redirect')),
  recall('log4shell, any spelling', 100, (row) => row.class === 'log4shell' && row.corpus !== 'evasion' && row.pl !== 2),
  recall('WAF bypass requests', 85, (row) => row.corpus === 'wafbypass'),
  recall('evasions, must', 95, (row) => row.corpus === 'evasion' && row.tier === 'must'),
  recall('evasions, should', 75, (row) => row.corpus === 'evasion' && row.tier === 'should'),
  recall('known probe paths', 75, (row) => row.corpus === 'probes'),
  recall('attacks in real logs', 90, (row) => row.corpus === 'real'),
  { title: 'telling probes in real logs', kind: 'recall', targetPercent: 75, selects: (row) => row.label === 'probe' && row.tell === true },
  alarms("a real site's own pages", 0, (row) => row.corpus === 'real'),
  alarms('ordinary parameter values', 0.02, (row) => row.corpus === 'params'),
  alarms('honest requests that look like attacks', 1.5, (row) => row.corpus === 'tricky' && row.hard !== true),
  alarms('the same, hard', 50, (row) => row.corpus === 'tricky' && row.hard === true),
  alarms('honest values of libinjection', 1.5, (row) => row.corpus === 'libinjection'),
  alarms("CRS's own negative tests", 1.5, isCrs),
];

/** Which of our classes name an attack of a corpus's class rightly; others by their own name. */
const synonyms: Readonly<Record<string, string>> = {
  lfi: 'lfi path-traversal sensitive-file rfi',
  rce: 'rce shellshock webshell log4shell php-injection ssti ssi windows',
  php: 'php-injection deserialization webshell rce',
  java: 'java-injection deserialization log4shell ssti',
  nodejs: 'nodejs-injection deserialization ssti prototype-pollution xss',
  'nodejs-dos': 'nodejs-injection',
  'perl-rce': 'rce perl-injection',
  'scanner-probe': 'scanner-probe sensitive-file webshell path-traversal php-injection',
  'scanner-ua': 'scanner-ua',
  'protocol-attack': 'protocol crlf request-smuggling',
  protocol: 'protocol crlf java-injection',
  crlf: 'crlf xss',
  rfi: 'rfi ssrf lfi open-redirect',
  ssrf: 'ssrf rfi lfi open-redirect',
  'open-redirect': 'open-redirect ssrf rfi xss crlf',
  nosqli: 'nosqli nodejs-injection',
  orm: 'nosqli orm',
  xpath: 'xpath sqli',
  xxe: 'xxe',
  xss: 'xss xxe nodejs-injection',
  ssti: 'ssti java-injection nodejs-injection log4shell',
  sqli: 'sqli nosqli',
  'data-uri': 'rfi xss php-injection',
  mixed: 'ssti rce',
};

/** True when the first class named is one that fits; null where there is nothing to compare. */
export function isNamedRightly({ row, classes }: Judged): boolean | null {
  if (row.class === undefined) return null;
  const fitting = synonyms[row.class]?.split(' ') ?? [row.class];
  return fitting.includes(classes[0] ?? '');
}
