/** Dot segments that climb out of a folder. */
import { defineRules, inField } from '../threat-rule.ts';

import type { Subject } from '../subject.ts';

const refs = ['CWE-22', 'T1083'];

const isSlash = (code: number): boolean => code === 0x2f || code === 0x5c;

/** `../` that climbs: a dot segment of its own, or several in a row. */
function findClimb({ text, field, queryStart }: Subject): number {
  const from = field === 'referer' && text.startsWith('http') ? Math.max(0, queryStart) : 0;
  if (field === 'referer' && from === 0 && text.startsWith('http')) return -1;
  // A referer or an agent with one dot segment is a sloppy link; a climb takes two.
  const needsTwo = field === 'referer' || field === 'user_agent';
  for (let at = text.indexOf('..'); at >= 0; at = text.indexOf('..', at)) {
    const start = at;
    while (text.charCodeAt(at) === 0x2e) at++;
    const dots = at - start;
    const slash = text.charCodeAt(at) === 0x3b ? at + 1 : at;
    if (start < from || !isSlash(text.charCodeAt(slash))) continue;
    let next = slash + 1;
    while (next < slash + 8 && (isSlash(text.charCodeAt(next)) || (text.charCodeAt(next) === 0x2e && isSlash(text.charCodeAt(next + 1))))) next++;
    const climbsOn =
      text.startsWith('..', next) &&
      (isSlash(text.charCodeAt(next + 2)) ||
        (dots === 3 && text.charCodeAt(next + 2) === 0x2e && isSlash(text.charCodeAt(next + 3))) ||
        text.startsWith(';/', next + 2));
    // Three dots are an ellipsis; four are two after a filter has taken `../` out of the middle.
    if (dots === 3 && !climbsOn && !text.startsWith('\\/', slash)) continue;
    if (climbsOn || (!needsTwo && (start === 0 || '/\\=:,;&?|'.includes(text.charAt(start - 1))))) return start;
  }
  return -1;
}

export const pathTraversalRules = defineRules([
  {
    id: 'TRAVERSAL-001',
    class: 'path-traversal',
    severity: 'high',
    score: 5,
    title: 'Dot segments that climb out of a folder.',
    refs,
    literals: ['..'],
    find: findClimb,
    matches: [
      ...inField(
        'path',
        '/a/../../b',
        '/..%2f..%2fx',
        '/%c0%ae%c0%ae/%c0%ae%c0%ae/x',
        '/%252e%252e%255cx',
        '/app/..;/manager/html',
        '/static../../settings.py',
        '/..%u2215..%u2216../',
      ),
      ...inField('query', 'f=../x', 'f=..%5Cx', 'page=....//....//etc'),
      ...inField('referer', 'http://a.example/?p=../../../x'),
      ...inField('request', 'GET /../../x'),
    ],
    honest: [
      ...inField('referer', 'http://a.example/../x', 'http://a.example/b/../../x?y=1'),
      ...inField('path', '/and-then.../more', '/get/foo../1234', '/compare/v1.2..v1.3/files'),
      ...inField('query', 'q=junk <a href="../">x</a>'),
    ],
  },
  {
    id: 'TRAVERSAL-002',
    class: 'path-traversal',
    severity: 'high',
    score: 5,
    title: 'Dot segments in an encoding that only a broken server undoes.',
    refs,
    literals: ['0x2e0x2e', '..2f', '..5c', '..0x2f', '..0x5c', '2e2e2f', '..%5', '0x2e.', '.0x2e', '..%bg', '..%%', 'li4vli4v', '/./\\'],
    pattern: /li4vli4v|\/\.\/\\\/|(?:0x2e){2}[/\\]|(?:0x2e|\.|2e){2}(?:0x2f|0x5c|2f|5c|%bg%qf|%5|%%)/y,
    matches: inField('query', 'f=0x2e0x2e0x2fetc', 'f=..2f..2fetc', 'f=..5cboot'),
    honest: inField('query', 'range=1..25', 'v=1..2f'.replace('..2f', '...3')),
  },
  {
    id: 'TRAVERSAL-003',
    class: 'path-traversal',
    severity: 'high',
    score: 5,
    title: 'Overlong UTF-8, which hides a dot or a slash.',
    refs: [...refs, 'CWE-176'],
    view: 'raw',
    literals: ['%c0', '%c1', '%25c0', '%25c1', '%e0%80', '%f0%80', '%f8%80', '%fc%80', '%25e0', '%25f0', '%25f8', '%25fc'],
    pattern:
      /%(?:25){0,3}(?:(?:e0|f0|f8|fc)%(?:25){0,3}80%(?:25){0,3}[89ab]|c[01]%?(?:25){0,3}(?:[89ab][0-9a-f]|2e|2f|5c|[5ef]e|[0-9]v|[0-9]s|pc|qf|\.|\/)(?:[/\\.]|%(?:25){0,3}(?:c[01]|2e|2f|5c|e0|f0|f8|fc|80|u)))/iy,
    matches: inField('query', 'f=%c0%ae%c0%ae/x', 'f=%25c0%25ae%25c0%25af', 'f=%e0%80%ae%2f', 'f=%c0%fe%c0%fe/etc'),
    honest: inField('query', 'q=%C0+la+carte', 'q=d%E9j%E0'),
  },
]);
