/**
 * Whether a value changes the query it is put into, from the types of its tokens. Each pattern is a way to do so;
 * `|` in a class of letters is never ambiguous, so all run in linear time over at most 600 letters.
 */
import { askingFunctions, isTelling } from './sql-words.ts';
import { tokenizeSql } from './tokenize-sql.ts';

import type { SqlTokens } from './tokenize-sql.ts';

/** How sure: 0 not SQL, 1 a sign, 2 an attack. */
export type SqlJudgement = 0 | 1 | 2;

/** Ways out of a quoted value; the text starts with the `s` that ends it. */
const breakOut: readonly RegExp[] = [
  /^s\)?&[N(+]{0,4}[1snveqf]\)?(?:$|[=&c;+,)(qevt?])/, // ' or 1=1   ' or 'a'='a   ' or sleep(1)
  /^s\)?&[N(+]{0,4}w\)?[=c;+,)(]/, // ' or name='x   ' and x--
  /^s\)?&[N(+]{0,4}[gS]/, // ' and (select ...   ' or f(
  /^s[s1+()q]{0,4}&.*c$/, // ' and anything --
  /^s\)?&N?\(k/, // ' or (exists
  /^s\)?\(?S(?:[A(+1nfsv]|w?F)/, // ' (select 1
  /^s\)?[;+]?\)?U[A(]{0,4}(?:S|$)/, // ' union select
  /^s\)?;\(?[ISfg]/, // '; drop table   '; select
  /^s\)?;k[wk]{0,4}f/, // ';begin sleep(1)
  /^s\)?;k.*[c&]/,
  /^s\)?;\(?D.*[c;(=]/, // '; exec x;
  /^s\)?;\)?(?:c|$)/, // ';--   ';
  /^s\)c$/, // ') --
  /^s\)?[+=&]{1,4}[N(+]{0,4}[fgSv]/, // '+sleep(1)   '||(select
  /^s\)?[+=&]{1,4}[(]{0,4}s?[+=&]{1,4}.*e$/, // '+'x'+'
  /^s\)?=[N(]{0,4}(?:[1snve]\)?(?:c|$|&|=)|w\)?c)/, // '='1   '<email--
  /^s\)?[+=]{1,4}w?c$/, // '-email--
  /^s\)?B[(+]{0,4}[1nvwsf]?(?:c|,|$)/, // ' order by 3--
  /^s\)?W[N(+]{0,4}[1sn]\)?=/, // ' where 1=1
  /^s\)?k.{0,60}(?:W|[=c,;(].{0,60}c$|[&;][1s])/, // ') as x where 1=1
  /^s\)?N?=[=(]{0,4}(?:[sfS(v].{0,60}[cqe;]|1.{0,60}[c;])$/, // ' like 'x
  /^s\)?I/, // ' insert into
  /^s\)?,[(]{0,4}[1snvfqS].*(?:[SIc;]|f)/, // ', 1, (select
];

/** The same, but only for single quotes: people put double quotes around what they search for. */
const emptyOperation = /^s\)?[+=&]{1,4}[+=&]{0,4}[(]{0,4}[1nws]?\)?[+=&]{0,4}e$/; // '||'   '='   '+1+'

/** The same for values that stand unquoted. */
const unquoted: readonly RegExp[] = [
  /U[A(]{0,4}S[A(+]{0,4}(?:[1snvfqe*+,@)?]|w[,.(=c)&]|g|k|$|[A-Zw]{0,4}F[w(f])/, // union select 1,2
  /U[A(]{1,4}S/,
  /(?:^|[;)1ns(])\(?I[^I]{0,4}(?:[(=;c,svS1q&]|Fw+$)/, // drop table x;
  /;\(?(?:I|S[A(+]{0,4}(?:[1snvfqe*+(]|w[,.(=]|.{0,60}F))/, // ; select
  /;D.{0,60}(?:c|[(=].{0,60}[);])/,
  /(?:^|[1wsnv)+])\)?&[N(+]{0,4}[1sn]\)?=[N(+]{0,4}[1snf]/, // or 1=1
  /(?:^|[1snv)])\)?&[N(+]{0,4}[1svnwf]\)?=[A=(+]{0,4}(?:S|f)/, // and 1=(select
  /(?:^|[1svnw)])\)?&[N(+]{0,4}f\(/, // and sleep(
  /&[N(+=]{0,4}\([+(]{0,4}S/, // and (select
  /(?:^|[+=,&(1)])\(S[A(+]{0,4}(?:[1snvfqe*+(]|w(?:[,.(F+=]|k)|.{0,60}F)/, // (select 1
  /^S[A(+]{0,4}(?:[1snvfgw].{0,60})?F[w(f].{0,60}(?:[WB=c;,(.)]|k)/, // select a from b where
  /^S\+F/, // select * from
  /^S[A(+]{0,4}f\(/, // select version()
  /S[A(+]{0,4}[1snv],[1snvf(]/, // select 1,2
  /^&[N(]{0,4}w=wc/, // or x=y#
  /^(?:1,)?f\(1=1,/, // iif(1=1,
  /^\+?1\)?U(?:c|$)/, // -1 union
  /^\(.{0,60}[&=fsvS+].{0,60}\)c$/, // (1 or 1) --
  /S[A(]{0,4}1c/, // select 1 --
  /^S[A(+]{0,4}(?:[*fgv]|[1wsn],).*F/, // select * from
  /^[1w]?\)?B[(+]{0,4}(?:1|f)(?:,|c|\()/, // order by 1,sleep(
  /^\+?1\)?B[(+]{0,4}1\)?c?$/, // 1 order by 3
  /^[1w]\);?c$/, // 1)--
  /^[1n]\)?;c$/,
  /(?:^|[1)])\)?[+&]{1,4}\(?f\(.{0,60}\)/, // 1-sleep(5)
  /\)(?:&|U)[N(]{0,4}[1s]\)?(?:=|c|$)/, // ) or 5=5
  /\)?k?w?W[N(]{0,4}[1s]\)?=[N(]{0,4}[1s]/, // where 1=1
  /=[fS(]{0,4}\(S/,
  /^[1n]\)?[&][N(+]{0,4}[1nv]\)?c$/, // 1 or 1--
  /[1s)]t\(?w/, // 1::int
  /^&[N(]{0,4}[s1][?=]/, // or '{}' ? 'a'
  /^s=s=/,
  /=f\(v/,
  /&[N(]{0,4}s\)?=[N(]{0,4}[sq]/, // or "a"="a"
  /\(I/,
];

/** One search for all: values are many and their texts of types short. */
const anyBreakOut = anyOf(breakOut);
const anyUnquoted = anyOf(unquoted);

function anyOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'));
}

/** The strongest reading of one value: as it stands, and from within each quote that it holds. */
export function judgeSql(value: string, plusIsBlank: boolean): SqlJudgement {
  const bare = tokenizeSql(value, '', plusIsBlank);
  if (isUnquotedAttack(bare)) return 2;
  for (const quote of ["'", '"', '`'] as const) {
    const at = value.indexOf(quote);
    if (at < 0) continue;
    if (isBreakOut(tokenizeSql(value, quote, plusIsBlank), value, at)) return 2;
  }
  if (bare.functions.some(isTelling)) return 2;
  return new Set(bare.functions.filter((name) => askingFunctions.has(name))).size > 1 ? 2 : 0;
}

function isUnquotedAttack({ types }: SqlTokens): boolean {
  // One token or two change nothing, but nobody stops after `ascii(`.
  if (types === 'f(') return true;
  return types.length > 2 && anyUnquoted.test(types);
}

function isBreakOut({ types }: SqlTokens, value: string, quoteAt: number): boolean {
  if (types === 'sc') {
    // `admin'--` ends a value; `soap '#` opens one.
    return quoteAt === 0 || value.charCodeAt(quoteAt - 1) !== 0x20;
  }
  return anyBreakOut.test(types) || (value.charCodeAt(quoteAt) === 0x27 && emptyOperation.test(types));
}
