/** Addresses that lead visitors away. */
import { findAtValueStart } from '../in-spans.ts';
import { defineRules, inField } from '../threat-rule.ts';

export const openRedirectRules = defineRules([
  {
    id: 'REDIRECT-001',
    class: 'open-redirect',
    severity: 'medium',
    score: 5,
    title: 'An address that a filter takes for a path of the site and a browser for another host.',
    refs: ['CWE-601', 'T1566.002'],
    fields: ['query'],
    literals: ['//', '/\\', '\\\\', 'http:', 'https:', '/ ', '.\\', '/http', '/javascript'],
    find: (subject) =>
      findAtValueStart(
        subject,
        /(?:https?:(?![/\s\d]|$)[\w.@%>-]{3}|https?:\/(?!\/)[\w.]{2}|https?:\/{3,}\w|https?:[/\\]{2}[^\s/?&@]{1,80}[\\@](?!.{0,20}(?:medium|tiktok|youtube|mastodon))[^\s/]{2,60}|https?:\/\/[\w.]{3,60}&[\w.]{4,60}\.\w{2,5}$|[/\\]{1,4}\s[/\\]?(?:javascript:|[\w.-]{2,40}\.[a-z]{2,6})|\/\\[\w.-]{1,40}(?:\.|:)|\\{2,4}[a-z0-9.-]{2,40}\.[a-z]{2,6}(?:$|[/\\&])|\/{2,6}[\w.-]{2,40}\.(?:com|net|org|tld)(?:@|\/{0,3}(?:\.\.|%2e)|\/\/|$|\/$|\\)|\/{3,6}[\w.-]{2,40}\.[a-z]{2,6}|\/(?:https?:\/{1,4}|javascript:)\S|[<>]{2}\/\/|\/\/[^\s/?&@]{1,60}@|https?:\/\/[^\s?&]{1,60}\/%?(?:2f)?\.\.$|\/(?:\.|;)\/?[\w.-]{2,40}\.com$|https?:\/\/[^\s/&]{2,60}[?#]@|https?:\/\/[\w.-]{3,60}\/\/(?:$|[%.])|\/\/[\w-]{1,20}%e3|\/{0,2}\w{2,20}%?(?:00|0d|0a)\.com)/y,
      ),
    matches: inField(
      'query',
      'next=https:example.com',
      'u=/%5Cexample.com',
      'u=https:///www.example.com/',
      'u=/%09/example.com',
      'u=/https://a.example@b.example/',
      'u=http://a.example@b.example',
    ),
    honest: inField(
      'query',
      'url=https://example.com/post/1',
      'next=/account',
      'u=https://medium.com/@name/x',
      'img=//cdn.example.com/a.png',
      'a=/ b',
    ),
  },
]);
