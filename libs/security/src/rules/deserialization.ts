/** Serialised objects. */
import { defineRules, inField } from '../threat-rule.ts';

export const deserializationRules = defineRules([
  {
    id: 'DESER-001',
    class: 'deserialization',
    severity: 'critical',
    score: 6,
    title: 'A serialised object: of PHP, Java, Python, .NET or Node.',
    refs: ['CWE-502', 'T1190'],
    literals: ['o:', 'ro0ab', 'aced0005', '_$$nd_func$$_', 'aaeaaad', 'gasv', 'c:', 'kztk', 'rooab', '!!python/', '!!javax', 'yiixgaaa'],
    pattern:
      /(?<![a-z0-9])[oc]:\+?\d{1,3}:\\?"[^"\\]{1,80}\\?":\d{1,3}:\{|(?<![a-z0-9+/])ro0abx|aced0005(?:7[37]|[0-9a-f])|_\$\$nd_func\$\$_|(?<![a-z0-9+/])aaeaaad\/\/\/\/|!!python\/|!!javax\./y,
    matches: inField(
      'query',
      'x=O:8:"stdClass":1:{s:1:"a";i:1;}',
      'x=rO0ABXNyABFqYXZh',
      'x=_$$ND_FUNC$$_function(){}',
      'x=!!python/object/apply:os.system',
    ),
    honest: inField('query', 'C=N;O=D', 'q=o:8', 't=aro0abx'),
  },
]);
