/**
 * The rules. Each is told apart from its honest neighbours by the characters around the tell-tale text,
 * never by where it was seen. `docs` and tests are made from this table.
 */
import { readsLikeProse } from './reads-like-prose.ts';

import type { InspectedField, ThreatRule } from './threat-rule.ts';

const isSlash = (code: number): boolean => code === 0x2f || code === 0x5c;
const isAlphanumeric = (code: number): boolean => (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a);
const isWord = (code: number): boolean => isAlphanumeric(code) || code === 0x5f;

/** `../` that climbs: a dot segment of its own, or several in a row. */
function findTraversal(text: string, field: InspectedField): number {
  const queryOfReferer = field === 'referer' && text.startsWith('http') ? text.indexOf('?') : 0;
  if (queryOfReferer < 0) return -1;
  // A referer or an agent with one dot segment is a sloppy link; a climb takes two.
  const needsTwo = field === 'referer' || field === 'user_agent';
  for (let at = text.indexOf('..'); at >= 0; at = text.indexOf('..', at)) {
    const start = at;
    while (text.charCodeAt(at) === 0x2e) at++;
    const dots = at - start;
    const slash = text.charCodeAt(at) === 0x3b ? at + 1 : at;
    // Three dots are an ellipsis; four are two after a filter has taken `../` out of the middle.
    if (dots === 3 || start < queryOfReferer || !isSlash(text.charCodeAt(slash))) continue;
    const climbsOn = text.startsWith('..', slash + 1) && isSlash(text.charCodeAt(slash + 3));
    if (climbsOn || (!needsTwo && (start === 0 || '/\\=:,;&?| '.includes(text.charAt(start - 1))))) return start;
  }
  return -1;
}

function findScriptTag(text: string): number {
  for (let at = text.indexOf('<script'); at >= 0; at = text.indexOf('<script', at + 7)) {
    const after = text.charAt(at + 7);
    if (after === '' || ('> /'.includes(after) && !readsLikeProse(text, after === '>' ? at + 8 : at + 7))) return at;
  }
  return -1;
}

/** Skips what SQL takes for a blank: blanks, brackets, comments and their ends. */
function skipSqlBlank(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === ' ' || character === '(') at++;
    else if (text.startsWith('/*!', at)) {
      at += 3;
      while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at++;
    } else if (text.startsWith('/*', at)) {
      // A bound keeps texts of nothing but comment starts linear.
      const end = text.slice(at + 2, at + 258).indexOf('*/');
      if (end < 0) return at;
      at += end + 4;
    } else if (text.startsWith('*/', at)) at += 2;
    else return at;
  }
  return at;
}

function findUnionSelect(text: string, field: InspectedField): number {
  for (let at = text.indexOf('union'); at >= 0; at = text.indexOf('union', at + 5)) {
    const before = text.charCodeAt(at - 1);
    if (isWord(before) && !(before >= 0x30 && before <= 0x39)) continue;
    let next = skipSqlBlank(text, at + 5);
    if (next === at + 5) continue;
    for (const quantifier of ['all', 'distinctrow', 'distinct']) {
      const after = next + quantifier.length;
      const skipped = text.startsWith(quantifier, next) ? skipSqlBlank(text, after) : after;
      if (skipped > after) next = skipped;
    }
    const end = next + 6;
    if (!text.startsWith('select', next) || isWord(text.charCodeAt(end)) || readsLikeProse(text, end)) continue;
    // People search for these two words, and search engines put them into referers.
    const isSearch = field === 'referer' && (end === text.length || text.charAt(end) === '&');
    if (!isSearch) return at;
  }
  return -1;
}

function findPasswd(text: string): number {
  for (let at = text.indexOf('passwd'); at >= 0; at = text.indexOf('passwd', at + 6)) {
    const after = text.charCodeAt(at + 6);
    // `etc/passwd-` is its backup, `etc/passwd-format` is documentation.
    if (isWord(after) || (after === 0x2d && isAlphanumeric(text.charCodeAt(at + 7)))) continue;
    let before = at - 1;
    while (isSlash(text.charCodeAt(before)) || (text.charCodeAt(before) === 0x2e && isSlash(text.charCodeAt(before - 1)))) before--;
    if (before < at - 1 && before >= 2 && text.startsWith('etc', before - 2) && !isWord(text.charCodeAt(before - 3))) return before - 2;
  }
  return -1;
}

function findCommandShell(text: string): number {
  for (let at = text.indexOf('cmd.exe'); at >= 0; at = text.indexOf('cmd.exe', at + 7)) {
    const before = text.charCodeAt(at - 1);
    const after = text.charCodeAt(at + 7);
    if (isWord(before) || before === 0x2d || isWord(after)) continue;
    // `cmd.exe.html`, `cmd.exe-12` are pages about it, as are sentences that go on or end after it.
    if ((after === 0x2e || after === 0x2d) && isAlphanumeric(text.charCodeAt(at + 8))) continue;
    if (readsLikeProse(text, at + 7) || (before === 0x20 && isAlphanumeric(text.charCodeAt(at - 2)) && (Number.isNaN(after) || after === 0x26)))
      continue;
    return at;
  }
  return -1;
}

export const threatRules: readonly ThreatRule[] = [
  {
    id: 'TRAVERSAL-001',
    class: 'path-traversal',
    severity: 'high',
    score: 5,
    title: 'Dot segments that climb out of the folder a request is meant for.',
    refs: ['CWE-22', 'T1190'],
    literals: ['..'],
    find: findTraversal,
    matches: [
      { field: 'path', text: '/../../etc/hosts' },
      { field: 'query', text: 'file=../config.php' },
      { field: 'path', text: '/cgi-bin/.%2e/.%2e/.%2e/bin/sh' },
      { field: 'path', text: '/scripts/..%255c..%255cwinnt' },
      { field: 'path', text: '/%c0%ae%c0%ae/%c0%ae%c0%ae/boot.ini' },
      { field: 'query', text: 'page=..%5c..%5cboot.ini' },
      { field: 'query', text: 'page=%u002e%u002e%u2215..%u2216../' },
      { field: 'query', text: 'page=....//....//etc' },
      { field: 'path', text: '/app/..;/manager/html' },
      { field: 'path', text: '/static../../settings.py' },
      { field: 'referer', text: 'http://a.example/?p=../../../x' },
      { field: 'request', text: 'GET /../../x' },
    ],
    honest: [
      { field: 'referer', text: 'http://a.example/../x' },
      { field: 'referer', text: 'http://a.example/b/../../x?y=1' },
      { field: 'path', text: '/and-then.../more' },
      { field: 'path', text: '/get/foo../1234' },
      { field: 'path', text: '/compare/v1.2..v1.3/files' },
      { field: 'query', text: 'q=junk <a href="../">x</a>' },
    ],
  },
  {
    id: 'XSS-001',
    class: 'xss',
    severity: 'high',
    score: 5,
    title: 'A script element in a request.',
    refs: ['CWE-79', 'T1189'],
    literals: ['<script'],
    find: findScriptTag,
    matches: [
      { field: 'query', text: 'q=<script>alert(1)</script>' },
      { field: 'query', text: 'q=%3CScRiPt%20src=//x.example%3E' },
      { field: 'query', text: 'q=%253Cscript%253Ealert(1)' },
      { field: 'query', text: 'q=&lt;script&gt;alert(1)' },
      { field: 'query', text: 'q=%26%23x3c%3Bscript%26%2362;alert(1)' },
      { field: 'query', text: 'q=%uff1cscript%uff1ealert(1)' },
      { field: 'query', text: 'q=<scr%00ipt>alert(1)' },
      { field: 'path', text: '/<script/x>alert(1)</script>' },
      { field: 'referer', text: '<script>document.location="x"</script>' },
      { field: 'user_agent', text: 'Mozilla/5.0 <script>alert(1)</script>' },
      { field: 'query', text: 'q=<script' },
    ],
    honest: [
      { field: 'query', text: 'q=<scripture>' },
      { field: 'query', text: 'q=what+is+%3Cscript%3E+tag+in+html' },
      { field: 'path', text: '/docs/script-element' },
      { field: 'query', text: 'lt=script&gt=2' },
    ],
  },
  {
    id: 'SQLI-001',
    class: 'sqli',
    severity: 'critical',
    score: 5,
    title: 'UNION SELECT, which appends a query of the attacker to that of the site.',
    refs: ['CWE-89', 'T1190'],
    literals: ['union'],
    find: findUnionSelect,
    matches: [
      { field: 'query', text: 'id=1 union select 1,2,3' },
      { field: 'query', text: 'id=1+UNION+SELECT+password+FROM+users--' },
      { field: 'query', text: "id=-1'%20union%0aall%20select%20null" },
      { field: 'query', text: 'id=1/**/union/*x*/select/**/user()' },
      { field: 'query', text: 'id=1%20/*!50000uNiOn*/%20/*!50000SeLeCt*/%201' },
      { field: 'query', text: 'id=1e0union(select(1))' },
      { field: 'query', text: 'id=1%2520union%2520distinct%2520select%25201' },
      { field: 'query', text: 'q=union+select' },
      { field: 'path', text: '/news/1%A0union%A0select%A0@@version' },
      { field: 'referer', text: "http://a.example/?q=1' union select 1,2 -- " },
      { field: 'user_agent', text: "x' UNION ALL SELECT NULL,NULL#" },
    ],
    honest: [
      { field: 'query', text: 'q=union+select+committee+report+2024' },
      { field: 'query', text: "q=O'%20UNION%20selected%20a%20few%20friends" },
      { field: 'query', text: 'q=european+union+selection' },
      { field: 'path', text: '/reunion/select-date' },
      { field: 'referer', text: 'https://www.google.com/search?q=union+select+sql+tutorial&oq=union+select' },
    ],
  },
  {
    id: 'LFI-001',
    class: 'lfi',
    severity: 'critical',
    score: 5,
    title: 'The account file of a Unix system.',
    refs: ['CWE-98', 'CWE-22', 'T1003.008'],
    literals: ['passwd'],
    find: findPasswd,
    matches: [
      { field: 'path', text: '/etc/passwd' },
      { field: 'query', text: 'f=/etc/passwd%00.jpg' },
      { field: 'query', text: 'f=%2Fetc%2Fpasswd' },
      { field: 'query', text: 'f=/etc//./passwd' },
      { field: 'query', text: 'f=..\\..\\etc\\passwd' },
      { field: 'query', text: 'f=/%65%74%63/p%61sswd-' },
      { field: 'path', text: '/%c0%afetc%c0%afpasswd' },
      { field: 'referer', text: 'http://a.example/../../etc/passwd' },
      { field: 'user', text: ';cat /etc/passwd' },
    ],
    honest: [
      { field: 'path', text: '/man/passwd' },
      { field: 'path', text: '/docs/etc/passwd-format.html' },
      { field: 'path', text: '/etcetera/passwd' },
      { field: 'path', text: '/fetc/passwd' },
      { field: 'query', text: 'q=htpasswd+etc' },
    ],
  },
  {
    id: 'RCE-001',
    class: 'rce',
    severity: 'critical',
    score: 5,
    title: 'The command shell of Windows.',
    refs: ['CWE-78', 'T1059.003'],
    literals: ['cmd.exe'],
    find: findCommandShell,
    matches: [
      { field: 'path', text: '/scripts/..%255c../winnt/system32/cmd.exe' },
      { field: 'query', text: 'c=CMD.EXE+/c+dir' },
      { field: 'query', text: 'c=|cmd%2eexe' },
      { field: 'request', text: 'GET /c/winnt/system32/cmd.exe?/c+dir' },
      { field: 'user', text: 'cmd.exe /c whoami' },
    ],
    honest: [
      { field: 'path', text: '/processes/cmd.exe.html' },
      { field: 'query', text: 'q=cmd.exe+not+working' },
      { field: 'query', text: 'q=what+is+cmd.exe&hl=en' },
      { field: 'path', text: '/files/mycmd.exe' },
    ],
  },
];
