/** The page about the rules, made from their tables. */
import { ownFindings } from './own-findings.ts';
import { secretParameters } from './privacy/secret-names.ts';
import { alertScore } from './request-fields.ts';
import { inspectedFields } from './threat-rule.ts';

import type { ThreatRule } from './threat-rule.ts';

/** What each class is, in the words of who reads a log. Every class of a rule has its line here; a test sees to that. */
export const classTitles: Readonly<Record<string, string>> = {
  sqli: 'SQL injection: a value that changes the query it is put into.',
  xss: 'Cross-site scripting: markup or script that a page would run.',
  lfi: 'Files of the system and of servers, asked for by name.',
  'path-traversal': 'Dot segments that climb out of a folder.',
  rce: 'Commands for a shell of Unix or Windows.',
  shellshock: 'Function definitions for the hole in bash of 2014.',
  'php-injection': 'Code, functions and variables of PHP.',
  deserialization: 'Serialised objects.',
  'java-injection': 'Classes and expressions of Java.',
  'nodejs-injection': 'Code for Node.js.',
  'prototype-pollution': 'Ways to the prototype that all objects of JavaScript share.',
  log4shell: 'Lookups of Log4j.',
  ssti: 'Expressions of template engines.',
  ssi: 'Server-side includes.',
  xxe: 'XML with entities of the sender.',
  nosqli: 'Operators and script for document databases.',
  ldap: 'Filters of directories.',
  xpath: 'Expressions over XML documents.',
  rfi: 'Scripts from elsewhere, to be included.',
  ssrf: 'Requests that the server would send for the client.',
  'open-redirect': 'Addresses that lead visitors away.',
  crlf: 'Line ends that split headers.',
  protocol: 'Requests that are no HTTP, or hide another request.',
  'mail-command': 'Commands and headers of mail.',
  'session-fixation': 'Sessions of the attacker.',
  'proxy-abuse': 'Requests that take the server for a proxy.',
  'scanner-ua': 'User agents of tools that attack.',
  'sensitive-file': 'Settings, keys, dumps and backups.',
  'scanner-probe': 'Paths of exploits and entrances of attacked products.',
  webshell: 'Names of shells that attackers leave behind.',
};

/** Renders `docs/rules.md`. */
export function renderRuleDocs(rules: readonly ThreatRule[]): string {
  const classes = Map.groupBy(rules, (rule) => rule.class);
  const lines = [
    '# Detection rules',
    '',
    `${rules.length} rules in ${classes.size} classes. A request is an attack (\`security_threat\`) when its score is ${alertScore} or more: per class the highest score of`,
    'its findings and one more for each further rule, at most 10; summed over classes. Below that, findings are notes in `threats`.',
    '',
    '*Missing*: the score where the server answered 400, 403, 404, 405 or 410. *Fields*: all of ' + inspectedFields.join(', ') + ' unless named.',
    'Everything is decoded before it is looked at: percent-encoding in up to three layers, overlong UTF-8, `%u`, entities of HTML, escapes of scripts,',
    'full-width and look-alike characters, letter case. Rules of your own, silences and other scores: [detection](detection.md).',
  ];
  for (const [name, own] of classes) {
    lines.push(
      '',
      `## ${name}`,
      '',
      classTitles[name] ?? '',
      '',
      '| id | severity | score | missing | fields | what it finds | example | references |',
      '| --- | --- | ---: | ---: | --- | --- | --- | --- |',
    );
    for (const rule of own) lines.push(toRow(rule));
  }
  lines.push('', '## Findings without a rule', '', '| id | class | severity | score | what it finds |', '| --- | --- | --- | ---: | --- |');
  for (const { id, class: name, severity, score, title } of Object.values(ownFindings))
    lines.push(`| \`${id}\` | \`${name}\` | ${severity} | ${score} | ${title} |`);
  lines.push(
    '',
    '## Masked parameters',
    '',
    'What `default` in `security.mask` stands for; `*` is any text:',
    '',
    secretParameters.map(toCode).join(', '),
  );
  return `${lines.join('\n')}\n`;
}

function toRow({ id, severity, score, scoreIfMissing, fields, title, matches, refs }: ThreatRule): string {
  const cells = [
    `\`${id}\``,
    severity,
    String(score),
    scoreIfMissing === undefined ? '' : String(scoreIfMissing),
    fields?.join(', ') ?? 'all',
    title,
    toCode(matches[0]?.text ?? ''),
    refs.join(', '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Code of Markdown that holds backticks, and shows what cannot be printed as escapes. */
function toCode(text: string): string {
  const shown = text.replace(/[^ -~]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return shown.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``;
}
