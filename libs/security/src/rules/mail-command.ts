/** Commands and headers of mail. */
import { defineRules, inField } from '../threat-rule.ts';

export const mailCommandRules = defineRules([
  {
    id: 'MAIL-001',
    class: 'mail-command',
    severity: 'high',
    score: 5,
    title: 'A line end and a command or header of mail.',
    refs: ['CWE-93', 'T1190'],
    literals: [
      'rcpt to',
      'mail from',
      'ehlo ',
      'helo ',
      'bcc:',
      'cc:',
      'append ',
      'apop ',
      'uid store',
      'uid fetch',
      'uid copy',
      'vrfy ',
      'starttls',
      'quit',
    ],
    pattern:
      /(?<=\n(?:[a-z]\d{1,4}\s)?|\\n)(?:rcpt\s?to\s?:|mail\s?from\s?:|(?:ehlo|helo)\s\S|b?cc\s?:\s?\S{1,80}@|append\s\S{1,40}\s\(|apop\s\S|uid\s(?:store|fetch|copy)\s|vrfy\s\S|starttls)/y,
    fields: ['query'],
    matches: inField('query', 'x=%0d%0aRCPT+TO:<a@b.example>', 'x=a%0abcc:a@b.example', 'x=%0d%0aEHLO+test.com'),
    honest: inField('query', 'x=hello%0d%0acc:+ok', 'x=Mail+from:+me'),
  },
]);
