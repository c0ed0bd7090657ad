/** Operators and script for document databases. */
import { defineRules, inField } from '../threat-rule.ts';

const operators =
  'ne|eq|gte?|lte?|n?in|regex|where|exists|not|n?or|and|all|size|type|mod|elemmatch|expr|options|comment|jsonschema|function|accumulator|text|slice';

export const nosqliRules = defineRules([
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
]);
