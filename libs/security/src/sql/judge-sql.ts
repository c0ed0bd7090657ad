/**
 * Whether a value changes the query it is put into, from the types of its tokens. Each pattern is a way to do so;
 * `|` in a class of letters is never ambiguous, so all run in linear time over at most 600 letters.
 */
import { askingFunctions, tellingFunctions } from './sql-words.ts';
import { tokenizeSql } from './tokenize-sql.ts';

import type { SqlTokens } from './tokenize-sql.ts';

/** How sure: 0 not SQL, 1 a sign, 2 an attack. */
export type SqlJudgement = 0 | 1 | 2;

/** Ways out of a quoted value; the text starts with the `s` that ends it. */
const breakOut: readonly RegExp[] = [
  /^s\)*&[N(+]*[1snveqf]\)*(?:$|[=&c;+,)(qevt?])/, // ' or 1=1   ' or 'a'='a   ' or sleep(1)
  /^s\)*&[N(+]*w\)*[=c;+,)(]/, // ' or name='x   ' and x--
  /^s\)*&[N(+]*[gS]/, // ' and (select ...   ' or f(
  /^s[s1+()q]*&.*c$/, // ' and anything --
  /^s\)*&N?\(k/, // ' or (exists
  /^s\)*\(*S(?:[A(+1nfsv]|w?F)/, // ' (select 1
  /^s\)*[;+]?\)*U[A(]*(?:S|$)/, // ' union select
  /^s\)*;\(*[ISfg]/, // '; drop table   '; select
  /^s\)*;k[wk]*f/, // ';begin sleep(1)
  /^s\)*;k.*[c&]/,
  /^s\)*;\(*D.*[c;(=]/, // '; exec x;
  /^s\)*;\)*(?:c|$)/, // ';--   ';
  /^s\)+c$/, // ') --
  /^s\)*[+=&]+[N(+]*[fgSv]/, // '+sleep(1)   '||(select
  /^s\)*[+=&]+[(]*s?[+=&]+.*e$/, // '+'x'+'
  /^s\)*=[N(]*(?:[1snve]\)*(?:c|$|&|=)|w\)*c)/, // '='1   '<email--
  /^s\)*[+=]+w?c$/, // '-email--
  /^s\)*B[(+]*[1nvwsf]?(?:c|,|$)/, // ' order by 3--
  /^s\)*W[N(+]*[1sn]\)*=/, // ' where 1=1
  /^s\)*k.*(?:W|[=c,;(].*c$|[&;][1s])/, // ') as x where 1=1
  /^s\)*N?=[=(]*(?:[sfS(v].*[cqe;]|1.*[c;])$/, // ' like 'x
  /^s\)*I/, // ' insert into
  /^s\)*,[(]*[1snvfqS].*(?:[SIc;]|f)/, // ', 1, (select
];

/** The same, but only for single quotes: people put double quotes around what they search for. */
const emptyOperation = /^s\)*[+=&]+[+=&]*[(]*[1nws]?\)*[+=&]*e$/; // '||'   '='   '+1+'

/** The same for values that stand unquoted. */
const unquoted: readonly RegExp[] = [
  /U[A(]*S[A(+]*(?:[1snvfqe*+,@)?]|w[,.(=+c)&]|g|k|$|[A-Zw]*F[w(f])/, // union select 1,2
  /U[A(]+S/,
  /(?:^|[;)1ns(])\(*I[^I]*(?:[(=;c,svS1q&]|Fw+$)/, // drop table x;
  /;\(*(?:I|S[A(+]*(?:[1snvfqe*+(]|w[,.(=]|.*F))/, // ; select
  /;D.*(?:c|[(=].*[);])/,
  /(?:^|[1wsnv)+])\)*&[N(+]*[1sn]\)*=+[N(+]*[1snf]/, // or 1=1
  /(?:^|[1snv)])\)*&[N(+]*[1svnwf]\)*=[A=(+]*(?:S|f)/, // and 1=(select
  /(?:^|[1svnw)])\)*&[N(+]*f\(/, // and sleep(
  /&[N(+=]*\([+(]*S/, // and (select
  /(?:^|[+=,&(1)])\(+S[A(+]*(?:[1snvfqe*+(]|w(?:[,.(F+=]|k)|.*F)/, // (select 1
  /^S[A(+]*(?:[1snvfgw].*)?F[w(f].*(?:[WB=c;,(.)]|k)/, // select a from b where
  /^S\+F/, // select * from
  /^S[A(+]*f\(/, // select version()
  /S[A(+]*[1snv],[1snvf(]/, // select 1,2
  /^&[N(]*w=wc/, // or x=y#
  /^(?:1,)?f\(1=1,/, // iif(1=1,
  /^\+?1\)*U(?:c|$)/, // -1 union
  /^\(.*[&=fsvS+].*\)c$/, // (1 or 1) --
  /S[A(]*1c/, // select 1 --
  /^S[A(+]*(?:[*fgv]|[1wsn],).*F/, // select * from
  /^[1w]?\)*B[(+]*(?:1|f)(?:,|c|\()/, // order by 1,sleep(
  /^\+?1\)*B[(+]*1\)*c?$/, // 1 order by 3
  /^[1w]\)+;?c$/, // 1)--
  /^[1n]\)*;c$/,
  /(?:^|[1)])\)*[+&]+\(*f\(.*\)/, // 1-sleep(5)
  /\)+(?:&|U)[N(]*[1s]\)*(?:=|c|$)/, // ) or 5=5
  /\)*k?w?W[N(]*[1s]\)*=[N(]*[1s]/, // where 1=1
  /=[fS(]*\(S/,
  /^[1n]\)*[&][N(+]*[1nv]\)*c$/, // 1 or 1--
  /[1s)]t\(?w/, // 1::int
  /^&[N(]*[s1][?=]/, // or '{}' ? 'a'
  /^s=s=/,
  /=f\(v/,
  /&[N(]*s\)*=[N(]*[sq]/, // or "a"="a"
  /\(I/,
];

/** The strongest reading of one value: as it stands, and from within each quote that it holds. */
export function judgeSql(text: string, start: number, end: number, plusIsBlank: boolean): SqlJudgement {
  const bare = tokenizeSql(text, start, end, '', plusIsBlank);
  if (isUnquotedAttack(bare)) return 2;
  for (const quote of ["'", '"', '`'] as const) {
    const at = text.indexOf(quote, start);
    if (at < 0 || at >= end) continue;
    const quoted = tokenizeSql(text, start, end, quote, plusIsBlank);
    if (isBreakOut(quoted, text, start, at)) return 2;
  }
  if (bare.functions.some((name) => tellingFunctions.test(name))) return 2;
  return new Set(bare.functions.filter((name) => askingFunctions.test(name))).size > 1 ? 2 : 0;
}

function isUnquotedAttack({ types }: SqlTokens): boolean {
  // One token or two change nothing, but nobody stops after `ascii(`.
  if (types === 'f(') return true;
  return types.length > 2 && unquoted.some((pattern) => pattern.test(types));
}

function isBreakOut({ types }: SqlTokens, text: string, start: number, quoteAt: number): boolean {
  if (types === 'sc') {
    // `admin'--` ends a value; `soap '#` opens one.
    return quoteAt === start || text.charCodeAt(quoteAt - 1) !== 0x20;
  }
  return breakOut.some((pattern) => pattern.test(types)) || (text.charCodeAt(quoteAt) === 0x27 && emptyOperation.test(types));
}
