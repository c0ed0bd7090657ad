/**
 * The peaceful scenes of the example log: visitors who read and buy, crawlers, monitoring, and requests that are merely odd.
 */
import { botAgents } from './bot-agents.ts';
import { outsideReferers } from './site-map.ts';
import { buildUserAgents } from './user-agents.ts';

import type { ExampleRequest, Scene } from './example-log.ts';
import type { Random } from './random.ts';

const hourMs = 3_600_000;
const site = 'https://shop.example';

interface Page {
  readonly target: string;
  readonly bytes: number;
  /** How much more often it is asked for than the rarest. */
  readonly weight: number;
}

const page = (target: string, bytes: number, weight = 1): Page => ({ target, bytes, weight });

const pages: readonly Page[] = [
  page('/', 14_210, 14),
  page('/shop/', 22_480, 9),
  page('/shop/lamps/', 18_920, 6),
  page('/shop/chairs/', 17_344, 4),
  page('/shop/rugs/?sort=price_asc', 19_002, 2),
  page('/shop/lamps/brass-lamp-101', 11_873, 7),
  page('/shop/lamps/paper-lantern-108', 11_240, 3),
  page('/shop/chairs/oak-stool-214', 12_067, 4),
  page('/shop/chairs/folding-chair-220', 11_930, 2),
  page('/shop/rugs/wool-rug-330', 12_418, 3),
  page('/shop/kitchen/teapot-417', 10_804, 3),
  page('/shop/garden/planter-512', 10_661, 2),
  page('/blog/', 16_070, 5),
  page('/blog/2026/11/light-for-long-evenings', 21_744, 8),
  page('/blog/2026/10/how-we-choose-wood', 19_380, 4),
  page('/blog/2026/09/repair-instead-of-replace', 18_112, 2),
  page('/blog/2025/12/select-a-lamp-from-the-right-family', 17_690, 1),
  page('/search?q=desk+lamp', 9_420, 3),
  page('/search?q=wool%20rug', 8_915, 1),
  page('/search?q=gift%20under%2050%E2%82%AC', 9_077, 1),
  page('/cart', 7_316, 5),
  page('/checkout', 9_604, 3),
  page('/account/orders', 6_880, 2),
  page('/about', 8_240, 2),
  page('/contact', 6_112, 1),
  page('/shipping', 5_903, 2),
];
const weighted = pages.flatMap((entry) => Array.from({ length: entry.weight }, () => entry));

const assets: readonly Page[] = [
  page('/static/css/main.css', 18_233),
  page('/static/js/app.5f0c2a91.js', 84_120),
  page('/static/img/logo.svg', 3_214),
  page('/favicon.ico', 1_150),
];
const images = ['lamp', 'stool', 'rug', 'teapot', 'planter', 'lantern', 'workshop', 'oak-board'];

/** Large access networks: first two numbers fixed or ranged, so that a location look-up finds a country. */
const networks: readonly { readonly weight: number; readonly a: number; readonly b: readonly [number, number] }[] = [
  { weight: 9, a: 84, b: [128, 191] },
  { weight: 5, a: 91, b: [0, 63] },
  { weight: 6, a: 84, b: [112, 115] },
  { weight: 4, a: 85, b: [0, 7] },
  { weight: 4, a: 90, b: [0, 127] },
  { weight: 4, a: 86, b: [128, 191] },
  { weight: 3, a: 84, b: [80, 87] },
  { weight: 2, a: 88, b: [0, 31] },
  { weight: 2, a: 79, b: [0, 63] },
  { weight: 2, a: 83, b: [0, 31] },
  { weight: 2, a: 90, b: [224, 239] },
  { weight: 5, a: 73, b: [0, 255] },
  { weight: 1, a: 126, b: [0, 255] },
  { weight: 1, a: 177, b: [32, 63] },
  { weight: 1, a: 1, b: [120, 127] },
];
const weightedNetworks = networks.flatMap((network) => Array.from({ length: network.weight }, () => network));
const ipv6Networks = ['2003:c7:af', '2003:e1:97', '2a02:8388:e1', '2601:645:c1', '2a01:cb08:8d'];

function visitorAddress(random: Random): string {
  if (random.chance(0.1)) {
    const part = (): string => (0x1000 + random.int(0xefff)).toString(16);
    return `${random.pick(ipv6Networks)}${(0x10 + random.int(0xef)).toString(16)}:${part()}:${part()}:${part()}:${part()}:${part()}`;
  }
  const { a, b } = random.pick(weightedNetworks);
  return `${a}.${b[0] + random.int(b[1] - b[0] + 1)}.${random.int(256)}.${1 + random.int(254)}`;
}

/** A moment of the three days: few in the night, most in the evening. */
function visitTime(scene: Scene): number {
  for (;;) {
    const hour = scene.random.next() * 24 * scene.days;
    const rhythm = 0.55 + 0.45 * Math.cos((((hour % 24) - 19.5) / 12) * Math.PI);
    if (scene.random.chance(rhythm)) return scene.startMs + Math.floor(hour * 3600) * 1000;
  }
}

/** Visitors: each looks at a few pages, the first of which pulls the assets that later ones find cached. */
export function visits(scene: Scene): void {
  const { random } = scene;
  const agents = buildUserAgents();
  for (let visit = 0; visit < 222; visit += 1) {
    const visitor = {
      client: visitorAddress(random),
      agent: agents[Math.floor(random.next() ** 2 * 300)] ?? '',
      protocol: random.chance(0.8) ? 'HTTP/2.0' : 'HTTP/1.1',
    };
    let atMs = visitTime(scene);
    let referer: string | null = random.chance(0.6) ? random.pick(outsideReferers) : null;
    const views = 1 + Math.floor(random.next() ** 2 * 7);
    for (let view = 0; view < views; view += 1) {
      const { target, bytes } = random.pick(weighted);
      const missing = random.chance(0.02);
      scene.add({
        ...visitor,
        atMs,
        target: missing ? `${target.split('?')[0] ?? ''}old` : target,
        status: missing ? 404 : 200,
        bytes: missing ? 1_968 : bytes + random.int(90),
        referer,
      });
      referer = `${site}${target}`;
      addAssets(scene, visitor, atMs, referer, view === 0);
      if (target === '/cart' && random.chance(0.5))
        scene.add({ ...visitor, atMs: atMs + 9000, method: 'POST', target: '/api/v1/cart', status: 201, bytes: 212, referer });
      atMs += (8 + random.int(140)) * 1000;
    }
  }
}

function addAssets(
  scene: Scene,
  visitor: Pick<ExampleRequest, 'client' | 'agent' | 'protocol'>,
  atMs: number,
  referer: string,
  first: boolean,
): void {
  const { random } = scene;
  if (first) {
    for (const asset of assets) {
      // Some browsers have it already and do not even ask; few ask for the icon.
      if (random.chance(asset.target === '/favicon.ico' ? 0.6 : 0.15)) continue;
      const cached = random.chance(0.3);
      scene.add({
        ...visitor,
        client: visitor.client,
        atMs: atMs + random.int(2) * 1000,
        target: asset.target,
        status: cached ? 304 : 200,
        bytes: cached ? 0 : asset.bytes,
        referer,
      });
    }
  }
  for (let count = random.int(3); count > 0; count -= 1) {
    const target = `/media/${random.pick(images)}-${random.pick(['320', '640', '1280'])}w.webp`;
    scene.add({ ...visitor, atMs: atMs + 1000, target, status: 200, bytes: 9000 + random.int(120_000), referer });
  }
}

/** Where crawlers say they live; the first three numbers of an address. */
const crawlerNetworks: Readonly<Record<string, string>> = {
  Googlebot: '66.249.66', Bingbot: '157.55.39', YandexBot: '5.255.231', Applebot: '17.241.219', GPTBot: '20.171.207', ClaudeBot: '216.73.216',
  PerplexityBot: '18.97.9', CCBot: '18.97.14', Bytespider: '110.249.201', AhrefsBot: '54.36.148', SemrushBot: '185.191.171', MJ12bot: '51.222.253',
  facebookexternalhit: '69.171.230', Slackbot: '54.85.12', Feedly: '8.29.198', 'python-requests': '198.51.100', curl: '198.51.100',
}; // prettier-ignore

/** Crawlers: each comes in short rounds that begin with robots.txt, day and night. */
export function crawlers(scene: Scene): void {
  const { random } = scene;
  for (const bot of botAgents) {
    const network = crawlerNetworks[bot.name];
    if (network === undefined) continue;
    const rounds = bot.kind === 'search' ? 7 : bot.kind === 'ai' ? 5 : 4;
    for (let round = 0; round < rounds; round += 1) {
      const visitor = { client: `${network}.${2 + random.int(250)}`, agent: bot.agent };
      let atMs = scene.startMs + random.int(scene.days * 86_400) * 1000;
      if (bot.kind !== 'preview' && bot.kind !== 'library') scene.add({ ...visitor, atMs, target: '/robots.txt', status: 200, bytes: 188 });
      for (let count = 2 + random.int(6); count > 0; count -= 1) {
        atMs += (2 + random.int(40)) * 1000;
        const { target, bytes } = bot.paths === null ? random.pick(pages) : page(random.pick(bot.paths), 15_320);
        const unchanged = random.chance(0.15);
        scene.add({ ...visitor, atMs, target, status: unchanged ? 304 : 200, bytes: unchanged ? 0 : bytes });
      }
    }
  }
}

/** Monitoring: the same question every half hour. */
export function monitoring(scene: Scene): void {
  const agent = botAgents.find((bot) => bot.kind === 'monitor')?.agent ?? null;
  for (let atMs = scene.startMs + 97_000; atMs < scene.startMs + scene.days * 24 * hourMs; atMs += hourMs / 2) {
    scene.add({ atMs, client: '216.144.248.21', method: 'HEAD', target: '/', status: 200, bytes: 0, agent });
  }
}

/** What real servers log all the same: other protocols on the port, clients that say nothing, escapes, an IPv6 literal. */
export function oddRequestsOf(scene: Scene): void {
  const firefox = 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0';
  const odd: Omit<ExampleRequest, 'atMs'>[] = [
    { client: '192.0.2.201', requestLine: '\\x16\\x03\\x01\\x01\\xfc\\x01', status: 400, bytes: 226, agent: null },
    { client: '192.0.2.202', requestLine: '\\x16\\x03\\x01 \\x01 \\xfc \\x03', status: 400, bytes: 226, agent: null },
    { client: '192.0.2.203', requestLine: '\\x03', status: 400, bytes: 226, agent: null },
    { client: '192.0.2.204', requestLine: 'SSH-2.0-Go', status: 400, bytes: 226, agent: null },
    { client: '192.0.2.205', requestLine: '-', status: 408, bytes: 0, agent: null },
    { client: '84.146.12.77', requestLine: '-', status: 408, bytes: 0, agent: null },
    { client: '2003:c7:af12:3400::7', requestLine: '-', status: 408, bytes: 0, agent: null },
    { client: '192.0.2.206', requestLine: 'GET /', status: 200, bytes: 14_210, agent: null },
    { client: '192.0.2.207', target: 'http://shop.example/about', status: 200, bytes: 8_240, agent: 'Mozilla/5.0' },
    { client: '192.0.2.208', method: 'CONNECT', target: 'mail.example:443', status: 405, bytes: 517, agent: 'Go-http-client/1.1' },
    { client: '127.0.0.1', method: 'OPTIONS', target: '*', protocol: 'HTTP/1.0', status: 200, bytes: 0, agent: 'Apache/2.4.62 (Debian) (internal dummy connection)' },
    { client: '::1', method: 'OPTIONS', target: '*', protocol: 'HTTP/1.0', status: 200, bytes: 0, agent: 'Apache/2.4.62 (Debian) (internal dummy connection)' },
    { client: '84.112.9.14', user: 'anna maria lopez', target: '/intranet/stock', status: 200, bytes: 4_410, agent: firefox },
    { client: '84.112.9.14', user: 'anna', target: '/intranet/stock?week=47', status: 200, bytes: 4_388, agent: firefox },
    { client: '90.61.20.3', requestLine: 'GET /shop/caf\\xe9 HTTP/1.1', status: 404, bytes: 1_968, agent: firefox },
    { client: '85.4.77.130', requestLine: 'GET /shop/caf\\xc3\\xa9?q=z\\xc3\\xbcrich HTTP/1.1', status: 404, bytes: 1_968, agent: firefox },
    { client: '73.15.201.8', target: '/shop/lamps/', status: 200, bytes: 18_920, referer: 'https://forum.example/t/?q=\\"best lamps\\"', agent: firefox },
    { client: '126.40.7.19', target: '/', status: 200, bytes: 14_210, agent: '\\xe3\\x83\\x96\\xe3\\x83\\xa9\\xe3\\x82\\xa6\\xe3\\x82\\xb6/1.0' },
    { client: '192.0.2.209', target: '/', status: 200, bytes: 14_210, agent: 'Reader\\\\2.0 (C:\\\\feeds)\\t\\x1b[31mred\\x1b[0m' },
    { client: '192.0.2.210', method: 'PROPFIND', target: '/', status: 405, bytes: 517, agent: 'Microsoft-WebDAV-MiniRedir/10.0.19045' },
  ]; // prettier-ignore
  for (const request of odd) scene.add({ ...request, atMs: scene.startMs + scene.random.int(scene.days * 86_400) * 1000 });
}
