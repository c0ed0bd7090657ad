import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseUserAgent } from './parse-user-agent.ts';

describe('a user agent', () => {
  const agents: [string, string | undefined, string | undefined, string | undefined][] = [
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
      'Chrome',
      'Windows',
      'desktop',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0',
      'Edge',
      'Windows',
      'desktop',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
      'Safari',
      'Mac OS',
      'desktop',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
      'Chrome',
      'Android',
      'mobile',
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
      'Mobile Safari',
      'iOS',
      'tablet',
    ],
    ['no browser at all', undefined, undefined, undefined],
    ['', undefined, undefined, undefined],
  ];
  for (const [userAgent, browser, os, device] of agents) {
    test(`${browser ?? 'unknown'} on ${os ?? 'unknown'}: ${userAgent.slice(0, 60)}`, () => {
      assert.deepEqual(parseUserAgent(userAgent), { browser, os, device });
    });
  }

  test('with control characters where a name would be gives no name', () => {
    for (const hostile of ['\u001b[31mOpera\u0007/1.0', 'Opera\u001b[0m Mini/1\u202e', 'x\u0000browser/1']) {
      const { browser, os } = parseUserAgent(hostile);
      assert.doesNotMatch(`${browser ?? ''}${os ?? ''}`, /\p{C}/u);
    }
  });

  test('of 8 KiB costs a bounded time whatever it holds', () => {
    const units = [
      'droid ',
      'droid; ',
      'android ; build ',
      'opera ',
      'trident rv:1 ',
      'mac os x ',
      'linux x ',
      'juc ucweb ',
      'micromessenger/1 qbcore ',
      'a',
      ' ',
      '(',
      '; a/',
      '1.',
      'version/1 safari ',
    ];
    let slowest = { unit: '', us: 0 };
    for (const unit of units) {
      const userAgent = unit.repeat(Math.ceil(8192 / unit.length)).slice(0, 8192);
      let best = Infinity;
      for (let run = 0; run < 5; run++) {
        const startedAt = performance.now();
        parseUserAgent(userAgent);
        best = Math.min(best, performance.now() - startedAt);
      }
      if (best * 1000 > slowest.us) slowest = { unit, us: best * 1000 };
    }
    console.log(`slowest: ${slowest.us.toFixed(0)} us of ${JSON.stringify(slowest.unit)}`);
    assert.ok(slowest.us < 2000, JSON.stringify(slowest));
  });
});
