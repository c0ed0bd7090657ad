/**
 * Who visits the made-up site and what they ask for: people, bots, attackers, and the rhythm of their day.
 */
import { attackRequests } from './attack-requests.ts';
import { botAgents } from './bot-agents.ts';
import { createClientPool } from './client-pool.ts';
import { setRequest } from './log-line.ts';
import { createZipfSampler } from './random.ts';
import { buildSiteMap, outsideReferers, siteHost } from './site-map.ts';
import { buildUserAgents } from './user-agents.ts';

import type { AttackRequest } from './attack-requests.ts';
import type { BotAgent } from './bot-agents.ts';
import type { LineFacts } from './log-line.ts';
import type { Random } from './random.ts';
import type { SiteResource } from './site-map.ts';

const ipv6Share = 0.08;
/** Attacks come from few addresses. */
const attackerCount = 40;

export interface TrafficOptions {
  readonly distinctAddresses: number;
  readonly distinctPaths: number;
}

/** Each fills `facts` with one request; all but the time. */
export interface Traffic {
  visit(facts: LineFacts): void;
  /** Returns the name of the bot. */
  bot(facts: LineFacts): string;
  /** Returns the class of the attack. */
  attack(facts: LineFacts): string;
}

/** Draws the site and its clients once. Cost: some 100 ms with the default sizes. */
export function createTraffic(random: Random, options: TrafficOptions): Traffic {
  const clients = createClientPool(random, options.distinctAddresses, ipv6Share);
  const site = buildSiteMap(random, options.distinctPaths);
  const agents = buildUserAgents();
  const drawClient = createZipfSampler(clients.length, 1, random);
  const drawResource = createZipfSampler(site.length, 0.9, random);
  const drawAgent = createZipfSampler(agents.length, 0.8, random);
  const agentOfClient = Uint32Array.from(clients, () => drawAgent());
  const botClients = createClientPool(random, botAgents.length * 4, 0.05);
  const attackers = createClientPool(random, attackerCount, 0.05);

  const request = (facts: LineFacts, client: string, method: string, resource: SiteResource, protocol: string): void => {
    facts.clientLogged = client;
    facts.clientHost = null;
    facts.user = null;
    facts.zoneMinutes = 0;
    setRequest(facts, method, resource.path, resource.query, protocol);
  };

  return {
    visit: (facts) => {
      const client = drawClient();
      const resource = site[drawResource()] ?? fallbackResource;
      const draw = random.int(1000);
      const posts = resource.kind === 'page' && draw < 25;
      request(facts, clients[client] ?? '', posts ? 'POST' : draw > 990 ? 'HEAD' : 'GET', resource, draw % 10 < 7 ? 'HTTP/2.0' : 'HTTP/1.1');
      facts.status = visitStatus(random, resource, posts);
      facts.bytes = bodyBytes(random, facts, resource.bytes);
      setReferer(facts, visitReferer(random, resource, site));
      setAgent(facts, agents[agentOfClient[client] ?? 0] ?? '-');
    },
    bot: (facts) => {
      const index = random.int(botAgents.length);
      const bot = botAgents[index] ?? fallbackBot;
      const resource =
        bot.paths === null ? (site[random.int(site.length)] ?? fallbackResource) : { ...fallbackResource, path: random.pick(bot.paths) };
      request(facts, botClients[index * 4 + random.int(4)] ?? '', bot.kind === 'monitor' ? 'HEAD' : 'GET', resource, 'HTTP/1.1');
      facts.status = random.chance(0.06) ? 404 : random.chance(0.1) ? 304 : 200;
      facts.bytes = bodyBytes(random, facts, resource.bytes);
      setReferer(facts, null);
      setAgent(facts, bot.agent);
      return bot.name;
    },
    attack: (facts) => {
      const attack = random.pick(attackRequests);
      request(facts, attackers[Math.floor(random.next() ** 2 * attackers.length)] ?? '', attack.method, fallbackResource, 'HTTP/1.1');
      setTarget(facts, attack);
      facts.status = random.pick(attackStatuses);
      facts.bytes = bodyBytes(random, facts, 400);
      setReferer(facts, null);
      setAgent(facts, attack.agent ?? agents[random.int(40)] ?? '-');
      return attack.class;
    },
  };
}

const attackStatuses = [404, 404, 404, 403, 403, 400, 200, 200, 301, 500] as const;
const fallbackResource: SiteResource = { path: '/', query: null, kind: 'page', bytes: 5000 };
const fallbackBot: BotAgent = { name: '', kind: 'other', agent: '-', paths: null };

function visitStatus(random: Random, resource: SiteResource, posts: boolean): number {
  const draw = random.next();
  if (posts) return draw < 0.6 ? 303 : draw < 0.95 ? 200 : 422;
  if (resource.kind === 'asset' && draw < 0.25) return 304;
  if (draw < 0.95) return 200;
  if (draw < 0.975) return 404;
  if (draw < 0.99) return 301;
  return draw < 0.997 ? 302 : draw < 0.999 ? 500 : 503;
}

function bodyBytes(random: Random, facts: LineFacts, usual: number): number {
  if (facts.method === 'HEAD' || facts.status === 304) return 0;
  if (facts.status >= 300) return 200 + random.int(900);
  return usual + random.int(64);
}

function visitReferer(random: Random, resource: SiteResource, site: readonly SiteResource[]): string | null {
  const draw = random.next();
  if (resource.kind !== 'page' || draw < 0.55) {
    // Most requests follow a page of the site: its assets, its calls, its links.
    const from = site[random.int(Math.min(400, site.length))] ?? fallbackResource;
    return `https://${siteHost}${from.kind === 'page' ? from.path : '/shop/'}`;
  }
  return draw < 0.8 ? null : random.pick(outsideReferers);
}

function setTarget(facts: LineFacts, attack: AttackRequest): void {
  const mark = attack.target.indexOf('?');
  const path = mark === -1 ? attack.target : attack.target.slice(0, mark);
  setRequest(facts, attack.method, path, mark === -1 ? null : attack.target.slice(mark + 1), 'HTTP/1.1');
}

function setReferer(facts: LineFacts, referer: string | null): void {
  facts.referer = referer;
  facts.refererLogged = referer ?? '-';
}

function setAgent(facts: LineFacts, agent: string): void {
  facts.agent = agent;
  facts.agentLogged = agent;
}

/** Creates the clock of the log: whole seconds that never go back, slow at night and quick in the evening. */
export function createTrafficClock(random: Random, startMs: number, linesPerSecond: number): () => number {
  let atMs = startMs;
  return () => {
    const hour = (atMs / 3_600_000) % 24;
    const rhythm = 1 + 0.7 * Math.cos(((hour - 19) / 12) * Math.PI);
    atMs += (2000 * random.next()) / (linesPerSecond * rhythm);
    return Math.floor(atMs / 1000) * 1000;
  };
}
