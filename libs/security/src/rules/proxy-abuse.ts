/** Requests that take the server for a proxy. */
import { defineRules, inField } from '../threat-rule.ts';

export const proxyAbuseRules = defineRules([
  {
    id: 'PROXY-001',
    class: 'proxy-abuse',
    severity: 'medium',
    score: 5,
    title: 'A request that takes the server for a proxy.',
    refs: ['CWE-441', 'T1090'],
    fields: ['method', 'request'],
    literals: ['connect'],
    pattern: /(?<![\s\S])connect(?:\s[\w.-]{1,100}:\d|$)/y,
    matches: [...inField('method', 'CONNECT'), ...inField('request', 'CONNECT a.example:443')],
    honest: inField('method', 'SEARCH'),
  },
  {
    id: 'PROXY-002',
    class: 'proxy-abuse',
    severity: 'medium',
    score: 5,
    title: 'The address of another site where a path belongs.',
    refs: ['CWE-441', 'T1090'],
    fields: ['path'],
    literals: ['http://', 'https://', 'ftp://'],
    pattern: /(?<![\s\S])(?:https?|ftp):\/\//y,
    matches: inField('path', 'http://a.example/judge.php'),
    honest: inField('path', '/go/http://a.example/'),
  },
]);
