/** Ways to the prototype that all objects of JavaScript share. */
import { defineRules, inField } from '../threat-rule.ts';

export const prototypePollutionRules = defineRules([
  {
    id: 'PROTO-POLLUTION-001',
    class: 'prototype-pollution',
    severity: 'high',
    score: 6,
    title: 'A way to the prototype that all objects share.',
    refs: ['CWE-1321', 'T1190'],
    literals: ['__proto__', 'constructor', '__definegetter__', '__definesetter__', '__lookupgetter__'],
    pattern: /__proto__|constructor(?:\.|\[["']?|\]\[["']?)prototype|__(?:define|lookup)[gs]etter__/y,
    matches: inField('query', '__proto__[x]=1', 'constructor[prototype][x]=1', 'a=constructor.prototype'),
    honest: inField('query', 'q=constructor+and+prototype'),
  },
]);
