/** Classes and expressions of Java. */
import { defineRules, inField } from '../threat-rule.ts';

const java = ['CWE-94', 'T1190'];

export const javaInjectionRules = defineRules([
  {
    id: 'JAVA-001',
    class: 'java-injection',
    severity: 'critical',
    score: 6,
    title: 'Classes of Java that run commands or load code, and expressions that reach them.',
    refs: java,
    literals: [
      'java.lang',
      'getruntime',
      'processbuilder',
      'classloader',
      'xwork',
      'ognl',
      'com.opensymphony',
      '@java',
      'javax.script',
      'freemarker',
      'clonetransformer',
      'instantiatetransformer',
      'prototypeclonefactory',
      'forclosure',
      'instantiatefactory',
      'getclass(',
      '.forname(',
      'org.omg',
      'java.io',
      'methodinvoking',
      'memberaccess',
      'org.springframework',
      'spring.cloud',
      'com.sun.',
      'jdk.nashorn',
      'whileclosure',
      'unmarshaller',
    ],
    pattern:
      /(?<![\w-])java\.lang\.(?:runtime|process(?:builder)?|class(?:loader)?|reflect|system|thread|integer|stringbuilder|string\()(?![\w-]|\.html)|getruntime\s{0,4}\(|processbuilder|class\.module\.classloader|(?<=\.)classloader\b|xwork2?[.$]|com\.opensymphony|#?_?memberaccess|@ognl|ognl\.|@java\.|javax\.script\.|freemarker\.template|(?:clone|instantiate)transformer|prototypeclonefactory|(?:for|while)closure|instantiatefactory|getclass\(\)|\.forname\(|org\.omg\.corba|(?<![\w-])java\.io\.(?:buffered|bytearray|file|filter|object|piped|pushback|print|input|output|reader|writer)\w{0,20}(?![\w.-])|methodinvoking|com\.sun\.(?:rowset|org|jndi)|jdk\.nashorn/y,
    matches: inField(
      'query',
      "x=${T(java.lang.Runtime).getRuntime().exec('id')}",
      'class.module.classLoader.resources.context.parent.pipeline.first.pattern=x',
      'x=%{(%23_memberAccess=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)}',
      'x=runtime.clonetransformer',
    ),
    honest: [
      ...inField('path', '/javadoc/java.lang.class.html', '/docs/java.lang'),
      ...inField('query', 'q=java.lang.NullPointerException', 'q=java.util.Map'),
    ],
  },
]);
