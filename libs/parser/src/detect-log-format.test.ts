import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { SluiceError } from '@sluice/errors';

import { createLineParser } from './create-line-parser.ts';
import { detectLogFormat } from './detect-log-format.ts';
import { knownFields, refusalOf } from './testing/parse-with.ts';

const common = '192.0.2.1 - - [22/Nov/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 5';
const combined = `${common} "-" "curl/8"`;
const lines: Record<string, string> = {
  common,
  combined,
  combinedio: `${combined} 10 20`,
  vhost_common: `a.example ${common}`,
  vhost_combined: `a.example:443 ${combined}`,
  json: '{"time":"2026-11-22T13:55:36Z","remote_addr":"192.0.2.1","request":"GET / HTTP/1.1","status":200}',
};

describe('detectLogFormat', () => {
  for (const [name, line] of Object.entries(lines)) {
    it(`finds ${name}, with blank and broken lines between`, () => {
      const found = detectLogFormat(['', line, 'garbage', line, '  ']);
      assert.deepEqual([found.parser?.name, 'fits' in found && found.fits, 'lines' in found && found.lines], [name, 2, 3]);
    });
  }

  it('finds the virtual host form without a port', () => {
    assert.equal(detectLogFormat([`a.example ${combined}`]).parser?.name, 'vhost_combined');
  });

  it('takes the format that fits most lines', () => {
    assert.equal(detectLogFormat([common, combined, combined]).parser?.name, 'combined');
  });

  it('finds none below half, in an error log, in nothing, or where the unit of a trailing number is unknown', () => {
    for (const sample of [[combined, 'a', 'b'], ['[Sun Nov 22 13:55:36 2026] [error] x'], [], [''], [`${combined} 1500`]]) {
      const found = detectLogFormat(sample);
      assert.equal(found.parser, null);
      assert.equal(found.candidates.length, 6);
    }
  });
});

describe('createLineParser', () => {
  it('tries a list in order, the one that fitted last first', () => {
    const parser = createLineParser(['combined', '%h %D']);
    assert.equal(knownFields(parser.parse(combined)).user_agent, 'curl/8');
    assert.equal(knownFields(parser.parse('::1 1500')).response_time_ms, 1.5);
    assert.equal(knownFields(parser.parse('::1 2500')).response_time_ms, 2.5);
    assert.equal(knownFields(parser.parse(combined)).user_agent, 'curl/8');
    assert.equal(parser.name, 'combined, custom');
  });

  it('gives the refusal of the format that came furthest', () => {
    assert.equal(refusalOf(createLineParser(['%D', 'combined', '%s']), `${common} "-" "cut`).column, 75);
  });

  it('guesses line by line with auto', () => {
    const parser = createLineParser('auto');
    assert.equal(parser.name, 'auto');
    for (const line of Object.values(lines)) assert.equal(knownFields(parser.parse(line)).status, 200);
  });

  it('refuses an empty list', () => {
    assert.throws(() => createLineParser([]), (error) => error instanceof SluiceError && error.code === 'LOG_FORMAT_INVALID'); // prettier-ignore
  });
});
