/** Injection into query languages other than SQL: document databases, directories, XPath. */
import { defineRules, inField } from '../threat-rule.ts';

const operators =
  'ne|eq|gte?|lte?|n?in|regex|where|exists|not|n?or|and|all|size|type|mod|elemmatch|expr|options|comment|jsonschema|function|accumulator|text|slice';

export const queryRules = defineRules([
  {
    id: 'NOSQL-001',
    class: 'nosqli',
    severity: 'high',
    score: 6,
    title: 'An operator of MongoDB in the name of a parameter or in a document.',
    refs: ['CWE-943', 'T1190'],
    literals: ['[$', '$where', '{"$', "{'$", '{$', '"$', "'$", '"&exists', '$comment', '$func', '{ $'],
    pattern: new RegExp(
      `\\[\\$(?:${operators})\\]|\\$where\\b\\s{0,4}["']?\\s{0,4}[:=]|\\{\\s{0,4}["']?[$&](?:${operators})["']?\\s{0,4}:|["'][$&](?:${operators})["']\\s{0,4}:|\\$comment\\s{0,4}:|\\$func\\b`,
      'y',
    ),
    matches: inField('query', 'user[$ne]=1', 'q={"$gt":""}', "q=',+$where:+'1+==+1'", 'pass%5B%24regex%5D=.*'),
    honest: inField('query', '$filter=Name+eq+x&$top=10', 'filter[price][gte]=10', 'q=$not'),
  },
  {
    id: 'NOSQL-002',
    class: 'nosqli',
    severity: 'high',
    score: 6,
    title: 'Script for the database: a quote, and JavaScript after it.',
    refs: ['CWE-943', 'T1190'],
    literals: ['this.', 'return', 'db.', 'sleep('],
    pattern:
      /(?<=["'&|;({\s/!])this\.[\w.]{1,30}\s{0,4}(?:\.(?:match|test)\(|[=!]=|\.length)|(?<=["'];\s{0,4})return\s{0,4}(?:\(|true|false|["'\d])|(?<!\w)db\.[\w.]{1,30}\.(?:find|insert|remove|drop|update|aggregate|getcollectionnames)\(|(?<=["'];\s{0,4})sleep\(\d/y,
    matches: inField('query', "q='+%26%26+this.password.match(/.*/)//", "user=';return+true;var+a='", "q=';sleep(5000);", 'q=db.users.find({})'),
    honest: inField('query', 'q=this.week', 'q=return+policy', "q='return+true'"),
  },
  {
    id: 'LDAP-001',
    class: 'ldap',
    severity: 'high',
    score: 6,
    title: 'A filter of a directory that ends early or takes one more condition.',
    refs: ['CWE-90', 'T1190'],
    literals: [')(', '(&(', '(|(', ')&(', ')|(', '*(|', '*)(', '*(&', 'objectclass'],
    pattern:
      /\){1,4}\s?[&|!]?\s?\(\s?(?:[&|!]\s?[()]|[&|!]?\(?[a-z]{2,20}\s?[~<>]?=|\*\))|\([&|]\s?\(\s?!?\(?[a-z]{1,20}\s?[~<>]?=|\){1,2}[&|]\(\s?[a-z]{2,20}\s?=|\*\([|&]\s?\(|\*\)\(\s?[a-z|&]|(?<=[(])objectclass\s?=/y,
    matches: inField('query', 'user=admin)(%26)', 'q=*)(uid=*))(|(uid=*', 'q=val)%26(cn=admin', 'q=(%26(uid=admin)(!(x=1)))', 'u=*(|(objectclass=*)'),
    honest: inField('query', 'q=f(x)(y)', 'q=(a)(b)', 'q=foo|bar'),
  },
  {
    id: 'XPATH-001',
    class: 'xpath',
    severity: 'high',
    score: 7,
    title: 'A function or an axis of XPath that asks about the document.',
    refs: ['CWE-643', 'T1190'],
    literals: ['count(/', '::node()', '/comment()', 'name()', 'position()', 'string-length(', 'child::', 'doc(', '/text()'],
    pattern:
      /count\(\/|(?:child|parent|ancestor|descendant|following|preceding|self|attribute)\w{0,12}::|\/comment\(\)|(?<![\w.])name\(\)\s{0,2}=|position\(\)\s{0,2}[=<>]|string-length\(\s?(?:\/|name|\.)/y,
    fields: ['query', 'referer'],
    matches: inField('query', 'q=count(/child::node())', "x='+or+name()='username'+or+'x'='y", "q='+and+count(/*)=1"),
    honest: inField('query', 'q=count(items)', 'q=std::name'),
  },
]);
