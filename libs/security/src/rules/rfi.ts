/** Scripts from elsewhere, to be included. */
import { findAtValueStart } from '../in-spans.ts';
import { defineRules, inField } from '../threat-rule.ts';

export const rfiRules = defineRules([
  {
    id: 'RFI-001',
    class: 'rfi',
    severity: 'critical',
    score: 6,
    title: 'The address of a script or text elsewhere, ended by a question mark so that what the page appends is cut off.',
    refs: ['CWE-98', 'T1190', 'T1105'],
    fields: ['query', 'path'],
    literals: ['http://', 'https://', 'ftp://', 'ftps://', 'http?', 'https?', 'ftp?', 'file?'],
    find: (subject) =>
      findAtValueStart(
        subject,
        /(?:https?|ftps?):\/\/[^\s?&<>"']{3,200}(?:\.(?:txt|dat|gif|jpe?g|png|php\d?|inc|htm|html|asp|pl|cgi|id|log|ini|zip)\?{1,4}(?:$|&|[^=&]{0,24}(?:$|&))|\?{1,4}(?:$|&))|(?:https?|ftp|file)\?$/y,
      ),
    matches: inField('query', 'page=http://203.0.113.9/r57.txt?', 'inc=http://a.example/cmd.gif??ls', 'x=http://a.example/x?'),
    honest: inField('query', 'url=https%3A%2F%2Fexample.com%2Fpost%2F1&title=Hello', 'u=https://a.example/i.php?id=3', 'img=http://a.example/b.png'),
  },
  {
    id: 'RFI-002',
    class: 'rfi',
    severity: 'critical',
    score: 5,
    title: 'The address of a known shell, or of a script on a bare address.',
    refs: ['CWE-98', 'T1190', 'T1105'],
    fields: ['query'],
    literals: ['http://', 'https://', 'ftp://', '//'],
    find: (subject) =>
      findAtValueStart(
        subject,
        /(?:https?|ftp):\/\/(?:[^\s?&]{3,120}[/.](?:c99|r57|c100|shell|cmd|wso|b374k|evil|rfi_?\w{0,6}|id)(?:\.|\?|$)|\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\/[^\s&]{0,80}\.(?:txt|php|sh|pl|py|gif|jpg|xml|dtd|exe)|(?:[\w.-]{1,60}\.)?(?:evil|attacker)\.[a-z]{2,4}(?:$|[/:?])|[^\s?&/]{1,60}\/c99)|\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|[\w.-]{3,60})\/(?:[^\s&?]{0,60}\/)?(?:c99|r57|shell|cmd|wso|b374k)\.(?:php|txt|asp|jsp|gif)/y,
      ),
    matches: inField('query', 'page=http://a.example/c99.php', 'f=http://203.0.113.9/x.txt', 'u=http://evil.com/'),
    honest: inField('query', 'u=http://203.0.113.9/', 'u=http://medieval.example/'),
  },
]);
