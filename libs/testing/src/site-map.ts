/**
 * The made-up site the generated logs are about: a small shop with a blog, some thousand pages and their assets.
 */
import type { Random } from './random.ts';

export interface SiteResource {
  /** Request target up to its `?`. */
  readonly path: string;
  /** Query string without its `?`; null without one. */
  readonly query: string | null;
  readonly kind: 'page' | 'asset' | 'api';
  readonly bytes: number;
}

export const siteHost = 'shop.example';

const categories = ['lamps', 'chairs', 'tables', 'shelves', 'rugs', 'vases', 'clocks', 'mirrors', 'textiles', 'garden', 'kitchen', 'kids'];
const adjectives = [
  'oak',
  'linen',
  'brass',
  'matte',
  'folding',
  'nordic',
  'woven',
  'round',
  'tall',
  'slim',
  'vintage',
  'ceramic',
  'walnut',
  'striped',
  'glass',
  'wool',
];
const nouns = [
  'lamp',
  'chair',
  'stool',
  'shelf',
  'rug',
  'vase',
  'clock',
  'mirror',
  'blanket',
  'bench',
  'teapot',
  'basket',
  'desk',
  'cushion',
  'planter',
  'tray',
];
const topics = [
  'how-we-choose-wood',
  'care-for-linen',
  'a-visit-to-the-workshop',
  'small-flats-big-ideas',
  'autumn-colours',
  'light-for-long-evenings',
  'packing-without-plastic',
  'meet-the-weavers',
  'repair-instead-of-replace',
  'spring-balcony',
  'ten-years-of-us',
  'the-perfect-shelf',
];
const assetNames = ['app', 'vendor', 'checkout', 'gallery', 'search', 'fonts', 'consent', 'player'];
const searches = [
  'desk+lamp',
  'oak%20table',
  'rug',
  'gift%20under%2050',
  'wall+clock',
  'kitchen%20shelf',
  'select+sofa',
  'union+jack+cushion',
  'caf%C3%A9%20chair',
  'drop+leaf+table',
];

const fixedPages = [
  '/',
  '/shop/',
  '/blog/',
  '/about',
  '/contact',
  '/cart',
  '/checkout',
  '/login',
  '/account',
  '/account/orders',
  '/search',
  '/impressum',
  '/privacy',
  '/shipping',
  '/faq',
  '/robots.txt',
  '/sitemap.xml',
  '/feed.xml',
];
const fixedAssets = ['/favicon.ico', '/apple-touch-icon.png', '/static/css/main.css', '/static/img/logo.svg', '/manifest.webmanifest'];

/**
 * Builds the site, most requested resources first in the order a Zipf sampler wants them.
 *
 * Shape: at least a few dozen fixed resources, then products, articles, assets and API calls mixed, `count` in all.
 */
export function buildSiteMap(random: Random, count: number): readonly SiteResource[] {
  const fixed: SiteResource[] = [];
  for (let index = 0; index < fixedPages.length; index += 1) {
    fixed.push({ path: fixedPages[index] ?? '/', query: null, kind: 'page', bytes: 4000 + random.int(30_000) });
    const asset = fixedAssets[index];
    if (asset !== undefined) fixed.push({ path: asset, query: null, kind: 'asset', bytes: 800 + random.int(60_000) });
  }
  const resources = new Map(fixed.map((resource) => [resource.path, resource]));
  while (resources.size < count) {
    const resource = drawResource(random);
    resources.set(resource.query === null ? resource.path : `${resource.path}?${resource.query}`, resource);
  }
  return [...resources.values()];
}

function drawResource(random: Random): SiteResource {
  const draw = random.next();
  const bytes = 900 + random.int(45_000);
  if (draw < 0.3) return { path: productPath(random), query: null, kind: 'page', bytes };
  if (draw < 0.4) return { path: `/shop/${random.pick(categories)}/`, query: listingQuery(random), kind: 'page', bytes };
  if (draw < 0.5)
    return { path: `/blog/20${22 + random.int(5)}/${month(random)}/${random.pick(topics)}-${random.int(90)}`, query: null, kind: 'page', bytes };
  if (draw < 0.55) return { path: '/search', query: `q=${random.pick(searches)}&page=${1 + random.int(40)}`, kind: 'page', bytes };
  if (draw < 0.75)
    return {
      path: `/media/products/${random.int(9000)}/${random.pick(nouns)}-${random.pick(['320', '640', '1280'])}w.webp`,
      query: null,
      kind: 'asset',
      bytes: bytes * 3,
    };
  if (draw < 0.85) return { path: `/static/js/${random.pick(assetNames)}.${hash(random)}.js`, query: null, kind: 'asset', bytes: bytes * 2 };
  return {
    path: `/api/v1/products/${1000 + random.int(9000)}`,
    query: random.chance(0.4) ? `fields=price,stock&locale=${random.pick(['de', 'en', 'fr'])}` : null,
    kind: 'api',
    bytes: 200 + random.int(2000),
  };
}

function productPath(random: Random): string {
  return `/shop/${random.pick(categories)}/${random.pick(adjectives)}-${random.pick(nouns)}-${100 + random.int(900)}`;
}

function listingQuery(random: Random): string {
  return `page=${1 + random.int(30)}&sort=${random.pick(['price_asc', 'price_desc', 'newest', 'rating'])}&colour=${random.pick(adjectives)}`;
}

function month(random: Random): string {
  return String(1 + random.int(12)).padStart(2, '0');
}

function hash(random: Random): string {
  return random.int(0x1_0000_0000).toString(16).padStart(8, '0');
}

/** Where visitors come from when they do not come from a page of the site. */
export const outsideReferers = [
  'https://www.google.com/', 'https://www.bing.com/', 'https://duckduckgo.com/', 'https://www.ecosia.org/', 'https://news.example/2026/11/small-shops-we-love',
  'https://forum.example/t/where-to-buy-lamps/4711?page=3', 'https://t.co/Xy12AbCd34', 'https://www.pinterest.com/', 'https://mail.example/inbox', 'android-app://com.google.android.gm/',
] as const; // prettier-ignore
