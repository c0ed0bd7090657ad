import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';

import { botAgents } from './bot-agents.ts';
import { createLogGenerator } from './log-generator.ts';
import { comparableFields, generatedFormats } from './log-line.ts';
import { oddRequests } from './odd-lines.ts';
import { createRandom, createZipfSampler } from './random.ts';
import { buildUserAgents } from './user-agents.ts';

const small = { distinctAddresses: 2000, distinctPaths: 500 };

test('buffer holds the same lines as next, for every format', () => {
  for (const format of generatedFormats) {
    const options = { seed: 7, format, oddities: true, targetLineBytes: 260, ...small };
    const whole = createLogGenerator(options).buffer(3000).toString('latin1').split('\n');
    const single = createLogGenerator(options);
    for (let index = 0; index < 3000; index += 1) assert.equal(single.next().line.toString('latin1'), whole[index]);
  }
});

test('another seed gives another log', () => {
  const [one, two] = [1, 2].map((seed) => createLogGenerator({ seed, ...small }).buffer(100));
  assert.notDeepEqual(one, two);
});

test('the truth of a line can be read off its bytes', () => {
  const generator = createLogGenerator({ seed: 3, ...small });
  const pattern = /^(\S+) - - \[(\d\d)\/Nov\/(\d{4}):([\d:]{8}) \+0000\] "(\S+) (\S+) (HTTP\/\S+)" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"$/;
  for (let index = 0; index < 5000; index += 1) {
    const { line, expected } = generator.next();
    const found = pattern.exec(line.toString('latin1'));
    assert.ok(found !== null, line.toString('latin1'));
    assert.notEqual(isIP(found[1]!), 0);
    const [path, ...query] = found[6]!.split('?');
    assert.deepEqual(comparableFields(expected!), {
      timestamp: `${found[3]!}-11-${found[2]!}T${found[4]!}Z`,
      ip_address: found[1],
      method: found[5],
      path,
      status: Number(found[8]),
      bytes_sent: found[9] === '-' ? 0 : Number(found[9]),
      ...(found[10] === '-' ? {} : { referer: found[10] }),
      user_agent: found[11],
      protocol: found[7],
      ...(query.length === 0 ? {} : { query: query.join('?') }),
    });
  }
});

test('oddities, bots and attacks all appear, and times never go back but for zones', () => {
  const generator = createLogGenerator({ seed: 11, oddities: true, attackShare: 0.05, ...small });
  const labels = new Set<string>();
  const kinds = new Map<string, number>();
  let last = '';
  for (let index = 0; index < 40_000; index += 1) {
    const { kind, label, expected, line } = generator.next();
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    labels.add(label);
    assert.equal(expected === null, kind === 'broken');
    assert.equal(line.includes(10), false);
    if (expected === null) continue;
    assert.ok(expected.timestamp! >= last);
    last = expected.timestamp!;
  }
  for (const { name } of [...oddRequests, ...botAgents]) assert.ok(labels.has(name), name);
  assert.ok(kinds.get('attack')! > 1700 && kinds.get('attack')! < 2300);
  assert.ok(kinds.get('bot')! > 5000 && kinds.get('bot')! < 7000);
  assert.ok(kinds.get('broken')! > 40);
});

test('lines have the wanted mean length', () => {
  const bytes = createLogGenerator({ seed: 5, targetLineBytes: 300, ...small }).buffer(20_000).length;
  assert.ok(Math.abs(bytes / 20_000 - 301) < 1, String(bytes / 20_000));
});

test('every generated user agent is distinct', () => {
  const agents = buildUserAgents();
  assert.equal(new Set(agents).size, agents.length);
});

test('the Zipf sampler draws ranks in proportion', () => {
  const random = createRandom(1);
  const draw = createZipfSampler(100, 1, random);
  const counts = new Array<number>(100).fill(0);
  for (let index = 0; index < 200_000; index += 1) counts[draw()]! += 1;
  const harmonic = counts.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
  for (const rank of [0, 1, 9, 50, 99]) {
    const wanted = 200_000 / ((rank + 1) * harmonic);
    assert.ok(Math.abs(counts[rank]! - wanted) < 6 * Math.sqrt(wanted), `rank ${rank}: ${counts[rank]!} for ${wanted}`);
  }
});
