/** Requests that the server would send for the client. */
import { findAtValueStart } from '../in-spans.ts';
import { defineRules, inField } from '../threat-rule.ts';

/** OAuth clients under development name their own machine. */
const isCallback = (name: string): boolean => /^(?:redirect_ur[il]|callback\w{0,8}|return\w{0,8}|origin|post_logout_redirect_uri)$/.test(name);

const numericHost =
  '(?:0x[0-9a-f]{1,16}|0[0-7]{8,16}|\\d{8,12}|(?:0x[0-9a-f]{1,4}|0[0-7]{2,6}|\\d{1,10})(?:\\.(?:0x[0-9a-f]{1,8}|0[0-7]{1,12}|\\d{1,10})){1,2}|(?:(?:0x[0-9a-f]{1,4}|0{1,3}[0-7]{2,8})\\.){1,3}(?:0x[0-9a-f]{1,4}|[0-7]{1,10})|[3-9]\\d\\d(?:\\.\\d{3}){3})(?=[/:?#&@]|$)';

const insideHost =
  '(?:127(?:\\.\\d{1,3}){1,3}|0\\.0\\.0\\.0|0(?=[/:]|$)|(?:ip6-|ipv6-)?(?:localhost[46]?|loopback)(?=[/:?#&]|$)|[\\w.-]{1,60}\\.svc\\.cluster\\.local|169\\.254\\.\\d{1,3}\\.\\d{1,3}|100\\.100\\.100\\.200|192\\.0\\.0\\.192|metadata\\.(?:google|goog|nicta)|instance-data|\\[[0-9a-f:.]{2,45}\\]|[\\w.-]{1,60}\\.(?:nip|xip|sslip)\\.io|localtest\\.me|(?:host|gateway)\\.docker\\.internal|lvh\\.me|spoofed\\.|[\\w.-]{1,60}\\.burpcollaborator\\.net|(?:[\\w-]{1,40}\\.){1,3}(?:oast|interact)\\w{0,2}\\.\\w{2,6})';

export const ssrfRules = defineRules([
  {
    id: 'SSRF-001',
    class: 'ssrf',
    severity: 'critical',
    score: 6,
    title: 'A request that the server would send to itself, its network or the metadata of its cloud.',
    refs: ['CWE-918', 'T1190', 'T1552.005'],
    fields: ['query', 'path'],
    literals: [
      '//127.',
      '//0',
      '//localhost',
      '//169.254',
      '//[',
      '100.100.100.200',
      '//metadata',
      '.nip.io',
      '.xip.io',
      'sslip.io',
      'localtest.me',
      'lvh.me',
      '192.0.0.192',
      'instance-data',
      ':127.',
      '@127.',
      '@localhost',
      '@169.254',
      'localhost/',
      'localhost4/',
      'localhost6/',
      'loopback',
      'svc.cluster.local',
      'docker.internal',
      'burpcollaborator',
      '.oast',
      '.interact',
      ':[',
      '@[',
      '//①',
      'spoofed.',
    ].filter((literal) => /^[ -~]*$/.test(literal)),
    find: (subject) =>
      findAtValueStart(
        subject,
        new RegExp(
          `(?:(?:url:)?[a-z][a-z0-9+._-]{1,12}:[/\\\\]{0,4}(?:[^\\s/@]{0,80}@){0,2}|[/\\\\]{2})${insideHost}|(?:ipv?6-)?(?:localhost[46]?|loopback)\\/|(?:[\\w.-]{1,60}\\.svc\\.cluster\\.local|(?:host|gateway)\\.docker\\.internal|localtest\\.me|lvh\\.me)(?=[/:]|$)|[a-z]{2,6}:\\/\\/[^\\s&]{1,80}@${insideHost}`,
          'y',
        ),
        (name) => !isCallback(name),
      ),
    matches: inField(
      'query',
      'url=http://169.254.169.254/latest/meta-data/',
      'u=http://127.0.0.1:22',
      'u=http://localhost/admin',
      'u=http://[::1]/',
      'x=http:[::ffff:a9fe:a9fe]',
    ),
    honest: inField('query', 'redirect_uri=http://localhost:3000/callback', 'u=https://0x.example/', 'q=localhost'),
  },
  {
    id: 'SSRF-002',
    class: 'ssrf',
    severity: 'high',
    score: 5,
    title: 'A host written as a number, which only those do who hide it.',
    refs: ['CWE-918', 'T1190'],
    fields: ['query', 'path'],
    literals: ['http:', 'https:', 'ftp:', 'local_file:', '//0', '//1', '//2', '//3', '@0', '@1', '@2', '@3', '@4'],
    find: (subject) => findAtValueStart(subject, new RegExp(`(?:https?|ftp|local_file):[/\\\\]{0,4}(?:[^\\s/@]{0,80}@)?${numericHost}`, 'y')),
    matches: inField('query', 'u=http://2130706433/', 'u=http://0x7f000001/', 'u=http:0251.0376.0251.0376', 'u=http://x@0xd8.0x3a.0xd6.0xce'),
    honest: inField('query', 'u=http://203.0.113.9/', 'u=http://163.com/', 'u=https://1.1.1.1/'),
  },
  {
    id: 'SSRF-003',
    class: 'ssrf',
    severity: 'high',
    score: 5,
    title: 'A scheme that makes a server speak to something that is not the web.',
    refs: ['CWE-918', 'T1190'],
    literals: [
      'gopher:',
      'dict:',
      'ldap:',
      'ldaps:',
      'tftp:',
      'sftp:',
      'rsync:',
      'acap:',
      'xri:',
      'ipps:',
      'smb:',
      'rmi:',
      'iiop:',
      'telnet:',
      'ssh:',
      'imap:',
      'jndi:',
      'unc:',
    ],
    pattern: /(?<![\w-])(?:gopher|dict|ldaps?|tftp|sftp|rsync|acap|xri|smb|rmi|iiop|telnet|ssh|imap):\/\/[\w[$0-9]/y,
    fields: ['query', 'path', 'referer', 'user_agent'],
    matches: inField('query', 'u=gopher://127.0.0.1:25/_HELO', 'u=dict://127.0.0.1:6379/', 'u=ldap://a.example/'),
    honest: inField('query', 'q=dict:word', 'q=ssh:+how'),
  },
]);
