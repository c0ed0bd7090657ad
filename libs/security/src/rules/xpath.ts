/** Expressions over XML documents. */
import { defineRules, inField } from '../threat-rule.ts';

export const xpathRules = defineRules([
  {
    id: 'XPATH-001',
    class: 'xpath',
    severity: 'high',
    score: 7,
    title: 'A function or an axis of XPath that asks about the document.',
    refs: ['CWE-643', 'T1190'],
    literals: ['count(/', '::node()', '/comment()', 'name()', 'position()', 'string-length(', 'child::', 'doc(', '/text()'],
    pattern:
      /count\(\/|(?:child|parent|ancestor|descendant|following|preceding|self|attribute)\w{0,12}::|\/comment\(\)|(?<![\w.])name\(\)\s{0,2}=|position\(\)\s{0,2}[=<>]|string-length\(\s?(?:\/|name|\.)/y,
    fields: ['query', 'referer'],
    matches: inField('query', 'q=count(/child::node())', "x='+or+name()='username'+or+'x'='y", "q='+and+count(/*)=1"),
    honest: inField('query', 'q=count(items)', 'q=std::name'),
  },
]);
