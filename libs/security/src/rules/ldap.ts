/** Filters of directories. */
import { defineRules, inField } from '../threat-rule.ts';

export const ldapRules = defineRules([
  {
    id: 'LDAP-001',
    class: 'ldap',
    severity: 'high',
    score: 6,
    title: 'A filter of a directory that ends early or takes one more condition.',
    refs: ['CWE-90', 'T1190'],
    literals: [')(', '(&(', '(|(', ')&(', ')|(', '*(|', '*)(', '*(&', 'objectclass'],
    pattern:
      /\){1,4}\s?[&|!]?\s?\(\s?(?:[&|!]\s?[()]|[&|!]?\(?[a-z]{2,20}\s?[~<>]?=|\*\))|\([&|]\s?\(\s?!?\(?[a-z]{1,20}\s?[~<>]?=|\){1,2}[&|]\(\s?[a-z]{2,20}\s?=|\*\([|&]\s?\(|\*\)\(\s?[a-z|&]|(?<=[(])objectclass\s?=/y,
    matches: inField('query', 'user=admin)(%26)', 'q=*)(uid=*))(|(uid=*', 'q=val)%26(cn=admin', 'q=(%26(uid=admin)(!(x=1)))', 'u=*(|(objectclass=*)'),
    honest: inField('query', 'q=f(x)(y)', 'q=(a)(b)', 'q=foo|bar'),
  },
]);
