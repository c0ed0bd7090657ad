import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { botKinds } from '@sluice/event';
import crawlers from 'crawler-user-agents';
import fc from 'fast-check';

import { expandPattern, loadBotCatalog } from './bot-catalog.ts';
import { detectBot } from './detect-bot.ts';

describe('a bot', () => {
  const named: [string, string, string][] = [
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'Googlebot', 'search'],
    ['Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)', 'GPTBot', 'ai'],
    ['Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)', 'AhrefsBot', 'seo'],
    ['curl/8.5.0', 'curl', 'library'],
    ['Wget/1.21.3', 'Wget', 'library'],
    ['python-requests/2.31.0', 'python-requests', 'library'],
    ['facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', 'facebookexternalhit', 'preview'],
    ['Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)', 'YandexBot', 'search'],
    ['kube-probe/1.31', 'kube-probe', 'monitor'],
    ['Prometheus/3.1.0', 'Prometheus', 'monitor'],
    ['Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)', 'SEMrushBot', 'seo'],
  ];
  for (const [userAgent, name, kind] of named) {
    test(`is known by name: ${name}`, () => {
      assert.deepEqual(detectBot(userAgent), { name, kind, claim: 'claimed' });
    });
  }

  test('that no list has is named by what it calls itself', () => {
    assert.deepEqual(detectBot('Mozilla/5.0 (compatible; Frobnibot/0.1; +https://frob.example/bot)'), {
      name: 'Frobnibot',
      kind: 'other',
      claim: 'claimed',
    });
    assert.equal(detectBot('Frob Uptime Checker/2.0 (+https://frob.example)')?.kind, 'monitor');
  });

  test('that names nothing is found by its shape, and nothing is claimed', () => {
    assert.deepEqual(detectBot('Mozilla/5.0'), { name: 'unknown', kind: 'other', claim: 'unknown' });
  });
});

describe('not a bot', () => {
  for (const userAgent of [
    '',
    '-',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; U; Android 4.1.1; zh-CN; HTC J Butterfly Build/JRO03C) AppleWebKit/534.31 (KHTML, like Gecko) UCBrowser/9.3.0.321 Mobile',
    'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0; GTB6; chromeframe; .NET CLR 2.0.50727)',
  ]) {
    test(`is ${JSON.stringify(userAgent)}`, () => {
      assert.equal(detectBot(userAgent), null);
    });
  }
});

test('every user agent that the list gives as an example is found, save browsers that say little', () => {
  const agents = crawlers.flatMap(({ instances }) => instances);
  const missed = agents.filter((agent) => detectBot(agent) === null);
  assert.ok(missed.length / agents.length < 0.02, missed.join('\n'));
});

test('all but a handful of the patterns become literals', () => {
  assert.ok(loadBotCatalog().length > crawlers.length - 10);
});

test('patterns expand to the literals they stand for, and to nothing when they are more than that', () => {
  assert.deepEqual(expandPattern('Ahrefs(Bot|SiteAudit)'), ['AhrefsBot', 'AhrefsSiteAudit']);
  assert.deepEqual(expandPattern('[wW]get'), ['Wget']);
  assert.deepEqual(expandPattern('a\\/b|c'), ['a/b', 'c']);
  for (const pattern of ['a.b', 'a*', '\\d', '[a-z]', 'a$', 'x[\\s\\S]*y']) assert.equal(expandPattern(pattern), null, pattern);
});

test('any text gets an answer with a short printable name and a known kind', () => {
  const words = fc.constantFrom(
    'Mozilla/5.0 ',
    '(compatible; ',
    'bot',
    'crawler',
    '/',
    ';',
    ' ',
    'a',
    '1.0',
    ')',
    '\u001b[31m',
    'http://',
    'Googlebot',
    'é',
  );
  const agents = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(agents, (userAgent) => {
      const bot = detectBot(userAgent);
      if (bot === null) return;
      assert.match(bot.name, /^[\x21-\x7e][\x20-\x7e]{0,79}$/);
      assert.ok(botKinds.includes(bot.kind));
    }),
    { numRuns: 500 },
  );
});

test('hostile agents of 8 KiB cost a bounded time', () => {
  const units = [
    'a',
    ' ',
    '; a',
    'bot',
    'compatible; ',
    'compatible; a ',
    'a.',
    'a/',
    '1.',
    '@a',
    '(',
    '()',
    'Mozilla/5.0 (',
    'SAMSUNG-GT-a',
    'baiduboxapp/a',
    'googlebo',
    'robot_',
    '-',
    'http',
  ];
  let slowest = { unit: '', us: 0 };
  for (const unit of units) {
    const agent = unit.repeat(Math.ceil(8192 / unit.length)).slice(0, 8192);
    for (const text of [agent, `x${agent}`, `bot ${agent}`, `Mozilla/5.0 ${agent} bot`]) {
      let best = Infinity;
      for (let run = 0; run < 5; run++) {
        const startedAt = performance.now();
        detectBot(text);
        best = Math.min(best, performance.now() - startedAt);
      }
      if (best * 1000 > slowest.us) slowest = { unit, us: best * 1000 };
    }
  }
  console.log(`slowest agent: ${slowest.us.toFixed(0)} us of ${JSON.stringify(slowest.unit)}`);
  assert.ok(slowest.us < 1000, JSON.stringify(slowest));
});
