/** Expressions of template engines. */
import { defineRules, inField } from '../threat-rule.ts';

export const sstiRules = defineRules([
  {
    id: 'SSTI-001',
    class: 'ssti',
    severity: 'critical',
    score: 6,
    title: 'An expression of a template engine that computes, calls or reaches into the application.',
    refs: ['CWE-1336', 'T1190'],
    literals: ['{{', '${', '#{', '*{', '@{', '[[', '{%', '<%', '%{', '@(', '$eval', '#set(', '#foreach', '{#', '#evaluate(', '{@', '{!', '%%{'],
    pattern:
      /(?:\{\{|[$#*@%]\{)-?\s{0,4}(?:\d{1,8}\s{0,4}[*+/-]\s{0,4}["']?\d|["'][^"']{0,40}["']\s{0,4}[.*|+(]|[\w.$\\]{1,60}\s{0,4}(?:\(|\|\s{0,4}(?:attr|join|map|filter|format|safe|e\b)|\[["'\d])|(?:self|config|request|session|app|settings|this|globals|namespace|cycler|joiner|lipsum|url_for|range|dict|class)\b\s{0,2}[.|[}_(]|__\w{1,20}__|\w{0,30}__(?:class|init|globals|mro|subclasses|import|builtins)__|[^}]{0,60}\.(?:exec|system|popen|getclass|forname|constructor)\b|\[|\(|sleep)|\[\[\s{0,4}\d{1,6}\s{0,4}[*+]\s{0,4}\d|\{%-?\s{0,4}(?:for|if|set|import|include|extends|block|macro|with|debug|raw|print|do)\b|<%-?=?\s{0,8}(?:[\w.]{1,30}\s{0,4}[*+(.]|["'`(@$]|(?:if|for|out|system|exec|require|import|response|request|eval)\b|\d)|@\(\s{0,4}\d{1,6}\s{0,4}[*+/-]\s{0,4}\d|#(?:set|foreach|evaluate)\s{0,2}\(|\$eval\(/y,
    matches: [
      ...inField(
        'query',
        'q={{7*7}}',
        'q=${7*7}',
        'q=%23{7*7}',
        'q=<%25=+7*7+%25>',
        "q={{''.__class__.__mro__}}",
        'q={{config.items()}}',
        'q={%25+for+x+in+y+%25}',
        'q=@(1%2B2)',
        'q={{request|attr("x")}}',
        'q=[[5*5]]',
      ),
      ...inField('user_agent', '${7*7}'),
    ],
    honest: inField(
      'query',
      'q=${name}',
      'img={{product.image}}',
      'q=[[link]]',
      'q={%22a%22:1}',
      'u=user@{domain}',
      'q={%2525+$num_views|string_format:%22%2525d%22+%2525}+vues',
    ),
  },
]);
