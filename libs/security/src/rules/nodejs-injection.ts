/** Code for Node.js. */
import { defineRules, inField } from '../threat-rule.ts';

const node = ['CWE-94', 'T1190', 'T1059.007'];

export const nodejsInjectionRules = defineRules([
  {
    id: 'NODE-001',
    class: 'nodejs-injection',
    severity: 'critical',
    score: 6,
    title: 'Code for Node.js: modules, the process, functions built from text.',
    refs: node,
    literals: [
      'require',
      'child_process',
      'process',
      'mainmodule',
      'module.exports',
      'console.',
      'function(',
      'function (',
      'new function',
      'global.',
      'res.end',
      'fs.read',
      '=>',
      'constructor',
      'import(',
      'function()',
      'setheader',
      'eval(',
    ],
    pattern:
      /(?<![\w-])require\s{0,4}(?:\(\s{0,4}["'`\w]|\[)|child_process|(?<![\w-])process\s{0,4}(?:\.(?:env|mainmodule|binding|exit|kill|argv|cwd|version)\b|\[\s{0,4}["'`]?(?:env|mainmodule|binding))|\bmainmodule\b|module\.exports\s{0,4}=|(?<![\w-])console\s{0,4}\.\s{0,4}(?:log|info|error|warn|debug|dir)\s{0,4}(?:\(|\.(?:call|apply|bind))|(?<![\w-])function\s{0,4}\(\s{0,4}\)\s{0,4}\{|new\s{1,4}function\s{0,4}\(|res\.end\(|fs\.read(?:file|dir)|:constructor:constructor|constructor\.constructor|constructor\._load/y,
    matches: inField(
      'query',
      "x=require('child_process').exec('id')",
      'x=process.env',
      'x=process["env"]',
      'x=console.info.call(this,1)',
      'x=new+Function+(',
      'x=module.exports%3D',
    ),
    honest: inField('query', 'q=what+does+require+mean', 'q=process.environment', 'q=due+process', 'q=console+table'),
  },
  {
    id: 'NODE-002',
    class: 'nodejs-injection',
    severity: 'high',
    score: 5,
    title: 'A loop that never ends, for an interpreter of JavaScript.',
    refs: ['CWE-835', 'T1499.004'],
    literals: ['while(', 'while (', 'while  (', 'for(', 'for (', 'for  ('],
    pattern:
      /(?<!\w)(?:while\s{0,4}\(\s{0,4}(?:\(\s{0,4}){0,4}(?:true|\+?infinity|1|!0|!!1|!\w{0,12}|["'][^"']{0,12}["']|\{\}|\[\]|\+?\d{1,8}|0x\d|-\d|\w{1,12}\s{0,4}[<>=!]=?\s{0,4}[\w"'])[^)a-z]{0,12}\)|for\s{0,4}\(\s{0,4};[^;)]{0,20};[^)]{0,20}\))/y,
    matches: inField('query', 'x=while(true)', 'x=while(1){}', 'x=while(%2BInfinity)', 'x=for(;;){}'),
    honest: inField('query', 'text=while+(foo)+is+bar.', 'q=for+(me)'),
  },
]);
