/**
 * User agents of people: about three hundred browser and system pairs, two thousand with their versions.
 */

const windows = ['Windows NT 10.0; Win64; x64', 'Windows NT 6.1; Win64; x64', 'Windows NT 10.0; WOW64'];
const desktops = [
  ...windows,
  'Macintosh; Intel Mac OS X 10_15_7',
  'Macintosh; Intel Mac OS X 11_6_8',
  'X11; Linux x86_64',
  'X11; CrOS x86_64 14541.0.0',
  'X11; Ubuntu; Linux x86_64',
];
const phones = [
  'Pixel 8',
  'Pixel 9 Pro',
  'SM-S918B',
  'SM-A546B',
  'SM-G991U',
  '2201116SG',
  'CPH2451',
  'moto g power (2022)',
  'M2101K6G',
  'ONEPLUS A6013',
  'K',
];
const androids = ['10', '12', '13', '14', '15', '16'];
const iosVersions = ['15_8', '16_7_8', '17_5_1', '17_6', '18_1', '18_5', '18_6_2'];
const chromeVersions = [109, 116, 119, 120, 122, 124, 126, 128, 130, 131, 133, 135, 137, 138, 140, 141, 142];
const firefoxVersions = [102, 109, 115, 121, 124, 128, 130, 133, 136, 138, 140, 142, 143, 144];

const chrome = (system: string, version: number, tail = ''): string =>
  `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36${tail}`;
const mobileChrome = (android: string, phone: string, version: number): string =>
  `Mozilla/5.0 (Linux; Android ${android}; ${phone}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Mobile Safari/537.36`;
const samsung = (android: string, phone: string, version: number): string =>
  `Mozilla/5.0 (Linux; Android ${android}; ${phone}) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/${version}.0 Chrome/${version * 4 + 10}.0.0.0 Mobile Safari/537.36`;
const safari = (device: string, ios: string): string =>
  `Mozilla/5.0 (${device}; CPU ${device === 'iPad' ? 'OS' : 'iPhone OS'} ${ios} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${ios.slice(0, 2)}.${ios.slice(3, 4)} Mobile/15E148 Safari/604.1`;

/** Builds the list, the same every time, the most used browsers first. */
export function buildUserAgents(): readonly string[] {
  const agents: string[] = [];
  for (const version of chromeVersions.toReversed()) {
    for (const system of desktops) {
      agents.push(chrome(system, version), chrome(system, version, ` Edg/${version}.0.0.0`), chrome(system, version, ` OPR/${version - 16}.0.0.0`));
    }
    for (const android of androids) for (const phone of phones) agents.push(mobileChrome(android, phone, version));
  }
  for (const ios of iosVersions.toReversed()) for (const device of ['iPhone', 'iPad']) agents.push(safari(device, ios));
  for (const version of firefoxVersions.toReversed()) {
    for (const system of desktops) agents.push(`Mozilla/5.0 (${system}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`);
    agents.push(`Mozilla/5.0 (Android 14; Mobile; rv:${version}.0) Gecko/${version}.0 Firefox/${version}.0`);
  }
  for (const version of [19, 21, 23, 25, 27])
    for (const android of androids) for (const phone of phones) agents.push(samsung(android, phone, version));
  return interleave(agents);
}

/** Mixes the families, so that a Zipf draw over the ranks meets all of them early. */
function interleave(agents: readonly string[]): readonly string[] {
  const stride = 617; // coprime to the length, so every index is met once
  return agents.map((_, index) => agents[(index * stride) % agents.length] ?? '');
}
