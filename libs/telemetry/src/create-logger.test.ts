import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { describe, test } from 'node:test';

import { SluiceError } from '@sluice/errors';
import fc from 'fast-check';

import { createLogger } from './create-logger.ts';

import type { LoggerOptions } from './create-logger.ts';

function recording(options: Partial<LoggerOptions> = {}) {
  const stream = new PassThrough();
  const logger = createLogger({ level: 'debug', stream, ...options });
  let written = '';
  stream.on('data', (chunk: Buffer) => (written += chunk.toString()));
  /** What was written since the last call. */
  const text = async (): Promise<string> => {
    await logger.flush();
    await new Promise(setImmediate);
    const since = written;
    written = '';
    return since;
  };
  const lines = async () =>
    (await text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, text, lines };
}

describe('JSON lines', () => {
  test('have timestamp, level, logger, message and data, in this order', async () => {
    const { logger, text } = recording({ now: () => Date.UTC(2026, 10, 22, 13, 55, 36) });
    logger.named('ingestion').info('file opened', { file: 'access.log', bytes: 12 });
    logger.debug('no data');
    assert.equal(
      await text(),
      '{"timestamp":"2026-11-22T13:55:36.000Z","level":"info","logger":"ingestion","message":"file opened","data":{"file":"access.log","bytes":12}}\n' +
        '{"timestamp":"2026-11-22T13:55:36.000Z","level":"debug","logger":"sluice","message":"no data"}\n',
    );
  });

  test('below the level are not written', async () => {
    const { logger, lines } = recording({ level: 'warn' });
    logger.info('a');
    logger.warn('b');
    logger.error('c');
    assert.deepEqual((await lines()).map((line) => line['message']), ['b', 'c']); // prettier-ignore
  });

  test('data cannot pose as the fields of the line, and keys of the prototype are only keys', async () => {
    const { logger, lines } = recording();
    logger.info('real', JSON.parse('{"level":"error","message":"forged","timestamp":"0","__proto__":{"x":1}}') as Record<string, unknown>);
    const [line] = await lines();
    assert.equal(line?.['level'], 'info');
    assert.equal(line['message'], 'real');
    assert.deepEqual(Object.keys(line['data'] as object), ['level', 'message', 'timestamp', '__proto__']);
  });

  test('any data gives one line of JSON of bounded length without control characters', async () => {
    const { logger, text } = recording();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.dictionary(
          fc.string({ unit: 'binary' }),
          fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true }),
        ),
        async (message, data) => {
          logger.info(message, data);
          const written = await text();
          assert.equal(written.indexOf('\n'), written.length - 1);
          assert.doesNotMatch(written.slice(0, -1), /[\p{Cc}\u2028\u2029\u202e]/u);
          JSON.parse(written);
        },
      ),
    );
  });

  test('huge, deep, cyclic and unreadable data is cut and marked', async () => {
    const { logger, lines } = recording();
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    logger.info('x'.repeat(1_000_000), {
      long: 'y'.repeat(1_000_000),
      many: Array.from({ length: 100_000 }, (_, index) => index),
      cycle,
      bytes: Buffer.alloc(1_000_000),
      nan: NaN,
    });
    logger.info('getter', { get broken(): never { throw new Error('no'); } }); // prettier-ignore
    logger.info('keys', Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index])));
    const written = await lines();
    for (const line of written) assert.ok(JSON.stringify(line).length < 20_000);
    const data = written[0]?.['data'] as Record<string, unknown>;
    assert.match(data['long'] as string, /^y{1024}… \(998976 more\)$/);
    assert.equal(data['bytes'], undefined, 'beyond the 400 values that the list before it took');
    assert.deepEqual(written[1]?.['data'], { broken: '(unreadable)' });
  });

  test('errors show message, code, hint and cause', async () => {
    const { logger, lines } = recording();
    logger.error('failed', { error: new SluiceError('STORE_FULL', 'disk full', { hint: 'free some', cause: new Error('ENOSPC') }) });
    const { error } = (await lines())[0]?.['data'] as { error: Record<string, unknown> };
    assert.deepEqual(
      [error['message'], error['code'], error['hint'], (error['cause'] as Error).message],
      ['disk full', 'STORE_FULL', 'free some', 'ENOSPC'],
    );
  });
});

test('pretty lines are one line without escape sequences', async () => {
  const { logger, text } = recording({ pretty: true });
  logger.named('parser').warn('bad \u001b[31mline\r\nnext', { agent: '\u001b]0;title\u0007\u009b2J', count: 2 });
  const written = await text();
  assert.match(written, /^\d\d:\d\d:\d\d warn {2}parser {5}bad {2}\[31mline next agent="/);
  assert.equal(written.indexOf('\n'), written.length - 1);
  assert.doesNotMatch(written.slice(0, -1), /\p{Cc}/u);
});

describe('repeated warnings', () => {
  test('are written once per window, with the count of those left out', async () => {
    let nowMs = 0;
    const { logger, lines } = recording({ now: () => nowMs });
    for (let i = 0; i < 1000; i++) logger.warn('store is down', { attempt: i });
    logger.named('other').warn('store is down');
    logger.error('store is down');
    nowMs = 10_000;
    logger.warn('store is down', { attempt: 1000 });
    const written = await lines();
    assert.deepEqual(
      written.map((line) => [line['level'], line['logger'], line['repeated']]),
      [['warn', 'sluice', undefined], ['warn', 'other', undefined], ['error', 'sluice', undefined], ['warn', 'sluice', 999]],
    ); // prettier-ignore
  });

  test('that end are summed up at the next warning or at the flush', async () => {
    let nowMs = 0;
    const { logger, lines } = recording({ now: () => nowMs });
    for (let i = 0; i < 3; i++) logger.warn('a');
    nowMs = 20_000;
    for (let i = 0; i < 5; i++) logger.warn('b');
    assert.deepEqual((await lines()).map((line) => [line['message'], line['repeated']]), [['a', undefined], ['a', 2], ['b', undefined], ['b', 4]]); // prettier-ignore
  });

  test('of endless kinds take bounded memory, and information is never held back', async () => {
    const { logger, lines } = recording({ now: () => 0 });
    for (let i = 0; i < 3000; i++) logger.warn(`kind ${i}`);
    logger.info('same');
    logger.info('same');
    assert.equal((await lines()).length, 3002);
  });
});

test('a reader that hangs does not hold up the flush', async () => {
  const logger = createLogger({ level: 'info', stream: new Writable({ write: () => undefined }) });
  logger.info('a');
  await logger.flush();
});

test('a log that cannot be written ends neither the process nor the caller', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  const logger = createLogger({ level: 'info', stream: broken });
  const closed = new Promise((resolve) => broken.on('close', resolve));
  logger.info('a');
  await closed;
  logger.info('b');
  await logger.flush();
});
