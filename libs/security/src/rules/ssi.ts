/** Server-side includes. */
import { defineRules, inField } from '../threat-rule.ts';

export const ssiRules = defineRules([
  {
    id: 'SSI-001',
    class: 'ssi',
    severity: 'high',
    score: 7,
    title: 'A server-side include, or one of a cache (ESI).',
    refs: ['CWE-97', 'T1190'],
    literals: ['<!--#', '<esi:', '<!-- #', '<!--\\#', '<!--esi'],
    pattern: /<!--\s?\\?#\s{0,4}(?:exec|echo|include|config|fsize|flastmod|printenv|set|if|odbc|email)\b|<esi:\w|<!--esi/y,
    matches: inField('query', 'x=<!--%23exec+cmd="ls"-->', 'x=<!--%23echo+var="DATE_LOCAL"+-->', 'x=<esi:include+src="http://a.example"/>'),
    honest: inField('query', 'x=<!--+a+comment+-->', 'x=<!--%23+7-->'),
  },
]);
