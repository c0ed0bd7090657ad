/** XML with entities of the sender. */
import { defineRules, inField } from '../threat-rule.ts';

export const xxeRules = defineRules([
  {
    id: 'XXE-001',
    class: 'xxe',
    severity: 'high',
    score: 7,
    title: 'A document type with an entity of the sender.',
    refs: ['CWE-611', 'T1190'],
    literals: ['<!entity', '<!doctype', 'xinclude', '<!element'],
    pattern: /<!entity\s|<!doctype\s[^>[]{0,80}(?:\[|system\s)|<!element\s|xmlns:xi\s?=|xi:include/y,
    matches: inField('query', 'x=<!DOCTYPE+foo+[<!ENTITY+x+SYSTEM+"file:///etc/passwd">]>', 'x=<!ENTITY+%25+x+SYSTEM+"http://a">'),
    honest: inField('query', 'x=<!DOCTYPE+html>'),
  },
]);
