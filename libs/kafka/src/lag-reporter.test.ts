import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';

import { createRecordingTelemetry } from '@sluice/testing';

import { createLagReporter } from './lag-reporter.ts';

const lagOf = (partition: number, lag: number) => ({ partition, committed: 0, end: lag, lag });

test('reports the lag of its own partitions now and then, and takes back what it no longer has', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const telemetry = createRecordingTelemetry();
  const answers = [[lagOf(0, 5), lagOf(1, 7)], new Error('no broker'), [lagOf(0, 0), lagOf(1, 9)]];
  const reporter = createLagReporter(telemetry, () => {
    const answer = answers.shift() ?? [];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  const said = (): unknown[] => telemetry.calls.splice(0).map(({ name, values }) => [name, ...values]);
  reporter.assigned([0]);
  for (const expected of [[['lag', 0, 5]], [], [['lag', 0, 0], ['lagSeconds', 0]], []]) {
    mock.timers.tick(10_000);
    await turn();
    assert.deepEqual(said(), expected);
  } // prettier-ignore
  reporter.assigned([1]);
  assert.deepEqual(said(), [['lag', 0, null]]);
  reporter.stop();
  mock.timers.tick(20_000);
  await turn();
  assert.deepEqual(said(), []);
  mock.timers.reset();
});
