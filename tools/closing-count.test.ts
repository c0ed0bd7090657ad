import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closingCount, coveredBy } from './closing-count.ts';

const esc = '\u001b';

for (const [form, line] of [
  ['plain', 'ℹ pass 21'],
  ['without symbols', '# pass 21'],
  ['after the name of the project', 'event: ℹ pass 21'],
  ['coloured, as on a terminal', `event: ${esc}[34mℹ pass 21${esc}[39m`],
  ['coloured together with the name, as in CI', `${esc}[1m${esc}[33mevent:${esc}[39m${esc}[22m ${esc}[34mℹ pass 21${esc}[39m`],
  ['with the end of a line from Windows', 'ℹ pass 21\r'],
] as const) {
  test(`a closing line is read ${form}`, () => {
    assert.deepEqual(closingCount(line), { kind: 'pass', count: 21 });
  });
}

test('what a test says it covered is read', () => {
  assert.equal(coveredBy(`e2e: ${esc}[34mℹ covered: file -> sluice${esc}[39m`), 'file -> sluice');
  assert.equal(coveredBy('e2e: ✔ says what it covered: nothing'), null);
});

test('failures and skipped tests are told apart', () => {
  assert.deepEqual(closingCount('e2e: ℹ fail 2'), { kind: 'fail', count: 2 });
  assert.deepEqual(closingCount('e2e: ℹ skipped 0'), { kind: 'skipped', count: 0 });
});

for (const line of ['', 'ℹ tests 21', 'event:   ✔ counts the lines that pass 3 (0.1ms)', 'all of them pass 3', 'ℹ pass', 'ℹ pass 3 of 4']) {
  test(`no closing line: ${JSON.stringify(line)}`, () => {
    assert.equal(closingCount(line), null);
  });
}
