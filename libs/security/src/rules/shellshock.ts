/** Function definitions for the hole in bash of 2014. */
import { defineRules, inField } from '../threat-rule.ts';

export const shellshockRules = defineRules([
  {
    id: 'SHELLSHOCK-001',
    class: 'shellshock',
    severity: 'critical',
    score: 8,
    title: 'A function definition that old bash runs on past its end.',
    refs: ['CWE-78', 'T1190', 'CVE-2014-6271'],
    literals: ['() {', '(){', '()  {', '() %7b'],
    pattern: /(?<=^[\s"'\\]{0,3}|[=&?;][\s"'\\]{0,3})\(\)\s{0,8}\{(?:\s{0,8}:\s{0,8};?|\s{0,8}_\s{0,8};?|[^}]{0,20};?)\s{0,8}\}?\s{0,8};/y,
    matches: [
      ...inField('user_agent', '() { :;}; /bin/bash -c "id"', '() { :; }; echo vulnerable'),
      ...inField('referer', '() { ignored;};/bin/id'),
      ...inField('query', 'x=()+{+:;};+echo+x'),
    ],
    honest: [...inField('user_agent', '() GooglePlayStore', 'Hybrid() {'), ...inField('query', 'q=f+()+{+x+}')],
  },
]);
