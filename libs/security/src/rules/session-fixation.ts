/** Sessions of the attacker. */
import { defineRules, inField } from '../threat-rule.ts';

export const sessionFixationRules = defineRules([
  {
    id: 'FIXATION-001',
    class: 'session-fixation',
    severity: 'high',
    score: 5,
    title: 'A session of the attacker, set by script, markup or an address.',
    refs: ['CWE-384', 'T1539'],
    literals: [
      '.cookie',
      'set-cookie',
      'http-equiv',
      'phpsessid',
      'jsessionid',
      'aspsession',
      'asp.net_sessionid',
      'cfid',
      'cftoken',
      'sessionid',
      'session_id',
      'jservsession',
      'jwsession',
      'weblogicsession',
      'session-id',
      'cfsid',
      'psession',
      'shtml_session',
    ],
    pattern:
      /\.cookie\b.{0,40}?;?\s{0,4}(?:expires|domain)\W|http-equiv\W{1,4}set-cookie|(?:phpsessid|jsessionid|asp\.?(?:net_)?session\w{0,10}|sessionid|session_id|session-id|jservsession\w{0,4}|jwsession\w{0,4}|weblogicsession|cftoken|cfid|cfsid)\s{0,2}=\s{0,2}["'<;(%]/y,
    matches: inField('query', 'x=document.cookie="a=b;domain=.example.com"', 'x=<meta+http-equiv="Set-Cookie"', "phpsessid='x"),
    honest: inField('query', 'phpsessid=abcdef0123456789', 'q=cookie+domain'),
  },
]);
