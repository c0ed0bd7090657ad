import assert from 'node:assert/strict';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';

import { createRecordingLogger, temporaryFolder } from '@sluice/testing';
import fc from 'fast-check';

import { bitsOf, buildMmdb } from './build-mmdb.test-data.ts';
import { createGeoDatabase } from './create-geo-database.ts';

import type { TestContext } from 'node:test';
import type { MmdbValue } from './build-mmdb.test-data.ts';

const zeros = '0'.repeat(96);
const cityRecord = (city: string, code = 'DE', name = 'Germany'): MmdbValue => ({
  city: { names: { de: 'x', en: city } },
  country: { iso_code: code, names: { en: name } },
  location: { latitude: 48.137_154, longitude: -11.5 },
});
const cityFile = (city: string): Buffer => buildMmdb('GeoLite2-City', 6, [{ bits: zeros + bitsOf('8.0.0.0', 8), record: cityRecord(city) }]);

async function opened(context: TestContext, files: Record<string, Buffer>, names: string | string[] = Object.keys(files)) {
  const folder = await temporaryFolder(context);
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes);
  const logger = createRecordingLogger();
  const paths = typeof names === 'string' ? path.join(folder, names) : names.map((name) => path.join(folder, name));
  const database = await createGeoDatabase(paths, { logger, pollIntervalMs: 0 });
  context.after(() => database.close());
  return { database, logger, folder, warnings: () => logger.messages('warn') };
}

describe('a look-up', () => {
  test('reads the nested shape, IPv4 within an IPv6 file, in every spelling of an address', async (context) => {
    const { database } = await opened(context, { 'city.mmdb': cityFile('Munich') });
    const munich = { country: 'Germany', countryCode: 'DE', city: 'Munich', location: { lat: 48.1372, lon: -11.5 }, asn: null, asOrganization: null };
    for (const ip of ['8.8.8.8', '::ffff:8.8.8.8', '::FFFF:808:808', '0:0:0:0:0:ffff:8.8.8.8']) assert.deepEqual(database.lookup(ip), munich, ip);
    assert.equal(database.lookup('9.9.9.9'), null);
  });

  test('reads the flat shape and names the country by its code', async (context) => {
    const record = { country_code: 'at', city: 'Linz', latitude: 48.3, longitude: 14.29, state1: '' };
    const { database } = await opened(context, { 'flat.mmdb': buildMmdb('city ipv4', 4, [{ bits: bitsOf('8.0.0.0', 8), record }]) });
    assert.deepEqual(database.lookup('8.8.8.8'), {
      country: 'Austria',
      countryCode: 'AT',
      city: 'Linz',
      location: { lat: 48.3, lon: 14.29 },
      asn: null,
      asOrganization: null,
    });
  });

  test('puts city and network from several files together, in any order', async (context) => {
    const network = buildMmdb('GeoLite2-ASN', 4, [
      { bits: bitsOf('8.0.0.0', 8), record: { autonomous_system_number: 64500, autonomous_system_organization: 'Example Net' } },
    ]);
    const country = buildMmdb('country', 4, [{ bits: bitsOf('8.0.0.0', 8), record: { country_code: 'FR' } }]);
    for (const names of [
      ['a.mmdb', 'c.mmdb', 'n.mmdb'],
      ['n.mmdb', 'a.mmdb'],
      ['c.mmdb', 'a.mmdb', 'n.mmdb'],
    ]) {
      const { database } = await opened(context, { 'a.mmdb': cityFile('Munich'), 'n.mmdb': network, 'c.mmdb': country }, names);
      const geo = database.lookup('8.8.8.8');
      assert.deepEqual([geo?.city, geo?.countryCode, geo?.asn, geo?.asOrganization], ['Munich', 'DE', 64500, 'Example Net'], names.join());
    }
  });

  test('never asks a file of IPv4 for an IPv6 address', async (context) => {
    // 2a00:: starts with the bits of 42.0.
    const { database } = await opened(context, {
      'v4.mmdb': buildMmdb('city ipv4', 4, [{ bits: bitsOf('42.0.0.0', 8), record: cityRecord('Wrong') }]),
    });
    assert.equal(database.lookup('42.1.2.3')?.city, 'Wrong');
    assert.equal(database.lookup('2a00:1450:4001:81b::200e'), null);
  });

  test('knows nothing of private addresses, host names and anything else', async (context) => {
    const everything = buildMmdb('city', 6, [
      { bits: '0', record: cityRecord('Everywhere') },
      { bits: '1', record: cityRecord('Everywhere') },
    ]);
    const { database } = await opened(context, { 'all.mmdb': everything });
    assert.equal(database.lookup('8.8.8.8')?.city, undefined);
    assert.equal(database.lookup('2001:db9::1')?.city, 'Everywhere');
    const nowhere = [
      '',
      '-',
      'localhost',
      'host.example.com',
      '10.1.2.3',
      '127.0.0.1',
      '192.168.1.1',
      '172.16.0.1',
      '172.31.255.255',
      '169.254.1.1',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '0:0:0:0:0:0:0:1',
      'fe80::1%eth0',
      'FD00::1',
      'ff02::1',
      '::ffff:10.0.0.1',
      '::ffff:a00:1',
      '1.2.3',
      '1.2.3.4.5',
      '999.1.1.1',
    ];
    for (const ip of nowhere) assert.equal(database.lookup(ip), null, ip);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.ipV4(), fc.ipV6()), (ip) => void database.lookup(ip)),
      { numRuns: 2000 },
    );
  });

  test('takes no nonsense from a file', async (context) => {
    const record = { country_code: 'toolong', city: 7, latitude: 900, longitude: 'x', asn: 'AS64501', as_name: '' };
    const { database } = await opened(context, { 'odd.mmdb': buildMmdb('odd', 4, [{ bits: bitsOf('8.0.0.0', 8), record }]) });
    assert.deepEqual(database.lookup('8.8.8.8'), { country: null, countryCode: null, city: null, location: null, asn: 64501, asOrganization: null });
  });
});

describe('files', () => {
  test('of a folder are all taken', async (context) => {
    const { database, folder } = await opened(context, { 'a.mmdb': cityFile('Munich'), 'readme.txt': Buffer.from('x') }, '.');
    assert.deepEqual(
      database.databases().map((info) => [path.relative(folder, info.path), info.type, info.builtAt, info.families]),
      [['a.mmdb', 'GeoLite2-City', '2025-10-09T08:53:20.000Z', [4, 6]]],
    );
    assert.equal(database.status(), 'ready');
  });

  test('that are missing are warned of once, and used as soon as they are there', async (context) => {
    const { database, folder, warnings } = await opened(context, {}, ['city.mmdb']);
    for (let look = 0; look < 3; look++) await database.refresh();
    assert.equal(warnings().length, 1);
    assert.match(warnings()[0] ?? '', /city\.mmdb cannot be read: ENOENT/);
    assert.equal(database.status(), 'missing');
    assert.equal(database.lookup('8.8.8.8'), null);
    const before = database.revision;

    await writeFile(path.join(folder, 'city.mmdb'), cityFile('Munich'));
    await database.refresh();
    await database.refresh();
    assert.equal(database.lookup('8.8.8.8')?.city, 'Munich');
    assert.equal(database.status(), 'ready');
    assert.notEqual(database.revision, before);
    assert.equal(warnings().length, 1);
  });

  for (const [name, bytes] of [
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('not a database\n'.repeat(100))],
    ['compressed', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0])],
    ['cut off at the end', cityFile('Munich').subarray(0, -20)],
    ['cut off at the start', cityFile('Munich').subarray(500)],
  ] as const) {
    test(`that are damaged (${name}) are warned of once and harm no other`, async (context) => {
      const { database, warnings } = await opened(context, { 'bad.mmdb': bytes, 'good.mmdb': cityFile('Munich') });
      await database.refresh();
      await database.refresh();
      assert.equal(warnings().length, 1, warnings().join('\n'));
      assert.match(warnings()[0] ?? '', /bad\.mmdb cannot be read/);
      assert.equal(database.lookup('8.8.8.8')?.city, 'Munich');
      assert.equal(database.status(), 'partial');
    });
  }

  test('that are replaced are read again, once they have settled', async (context) => {
    const { database, folder } = await opened(context, { 'city.mmdb': cityFile('Munich') });
    const before = database.revision;
    await writeFile(path.join(folder, 'new'), cityFile('Hamburg'));
    await rename(path.join(folder, 'new'), path.join(folder, 'city.mmdb'));
    await database.refresh();
    assert.equal(database.lookup('8.8.8.8')?.city, 'Munich');
    await database.refresh();
    assert.equal(database.lookup('8.8.8.8')?.city, 'Hamburg');
    assert.equal(database.revision, before + 1);
    await database.refresh();
    assert.equal(database.revision, before + 1);
  });

  test('that are half written keep the old data, warn once, and are read when complete', async (context) => {
    const { database, folder, warnings, logger } = await opened(context, { 'city.mmdb': cityFile('Munich') });
    const file = path.join(folder, 'city.mmdb');
    await writeFile(file, cityFile('Hamburg').subarray(0, 300));
    for (let look = 0; look < 3; look++) await database.refresh();
    assert.equal(database.lookup('8.8.8.8')?.city, 'Munich');
    assert.equal(warnings().length, 1);
    assert.match(warnings()[0] ?? '', /copy in memory stays in use/);
    await writeFile(file, cityFile('Hamburg'));
    await database.refresh();
    await database.refresh();
    assert.equal(database.lookup('8.8.8.8')?.city, 'Hamburg');
    assert.equal(logger.messages('info').length, 2);
  });

  test('that are deleted stay in use, those that leave a folder do not', async (context) => {
    const single = await opened(context, { 'city.mmdb': cityFile('Munich') });
    await rm(path.join(single.folder, 'city.mmdb'));
    await single.database.refresh();
    assert.equal(single.database.lookup('8.8.8.8')?.city, 'Munich');
    assert.equal(single.warnings().length, 1);

    const folder = await opened(context, { '2026-10.mmdb': cityFile('Munich') }, '.');
    await copyFile(path.join(folder.folder, '2026-10.mmdb'), path.join(folder.folder, '2026-11.mmdb'));
    await writeFile(path.join(folder.folder, '2026-11.mmdb'), cityFile('Hamburg'));
    await folder.database.refresh();
    await folder.database.refresh();
    await rm(path.join(folder.folder, '2026-10.mmdb'));
    await folder.database.refresh();
    assert.equal(folder.database.lookup('8.8.8.8')?.city, 'Hamburg');
    assert.equal(folder.database.databases().length, 1);
  });

  test('are looked for in a folder that is still empty', async (context) => {
    const { database, folder, warnings } = await opened(context, {}, '.');
    assert.equal(warnings().length, 1);
    await mkdir(path.join(folder, 'sub'));
    await writeFile(path.join(folder, 'city.mmdb'), cityFile('Munich'));
    await database.refresh();
    await database.refresh();
    assert.equal(database.lookup('8.8.8.8')?.city, 'Munich');
    assert.equal(database.status(), 'ready');
  });
});

test('records that cannot be decoded give no location and one warning', async (context) => {
  const bytes = cityFile('Munich');
  // The record's first control byte: type 0 with an extended type that does not exist.
  bytes.fill(0, bytes.indexOf(Buffer.concat([Buffer.from([0xe3]), Buffer.from([0x44])])), bytes.indexOf('abcdef', 'hex'));
  const { database, warnings } = await opened(context, { 'bad.mmdb': bytes });
  for (let i = 0; i < 5; i++) assert.equal(database.lookup('8.8.8.8'), null);
  assert.equal(warnings().length, 1);
});
