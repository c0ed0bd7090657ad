/**
 * The log in `examples/access.log`: three November days of a small shop with a blog, played as scenes.
 * Seeded, so the committed file can be checked against this code. Visitors come from large access networks, drawn at
 * random; attackers from the address ranges reserved for documentation, so that nobody is accused.
 */
import { attacks, incident, loginBurst, scannerRuns } from './example-attacks.ts';
import { crawlers, monitoring, oddRequestsOf, visits } from './example-visits.ts';
import { createTimeFormatter, emptyFacts, formatLine, setRequest } from './log-line.ts';
import { createRandom } from './random.ts';

import type { Random } from './random.ts';

/** One request of the example, as its scene tells it. */
export interface ExampleRequest {
  readonly atMs: number;
  readonly client: string;
  readonly user?: string;
  readonly method?: string;
  /** Request target as sent; printable. */
  readonly target?: string;
  readonly protocol?: string;
  /** The request line as logged, instead of method, target and protocol. */
  readonly requestLine?: string;
  readonly status: number;
  readonly bytes: number;
  readonly referer?: string | null;
  readonly agent: string | null;
}

export interface Scene {
  readonly random: Random;
  /** Midnight of the first day where the server stands. */
  readonly startMs: number;
  readonly days: number;
  add(request: ExampleRequest): void;
}

/** The server stands in Vienna: an hour east of Greenwich in November. */
const zoneMinutes = 60;
const startMs = Date.parse('2026-11-20T00:00:00+01:00');
const days = 3;

/** What found its way into the file without being a request: each becomes a dead letter. */
const brokenLines: readonly { readonly afterShare: number; readonly text: string }[] = [
  {
    afterShare: 0.18,
    text: '[Fri Nov 20 12:40:08.771342 2026] [proxy_fcgi:error] [pid 2213:tid 2213] [client 203.0.113.40:41822] AH01071: Got error from backend',
  },
  { afterShare: 0.42, text: '84.141.20.9 - - [21/Nov/2026:09:13:27 +0100] "GET /shop/lamps/brass-la' },
  { afterShare: 0.61, text: '\xf1\x93\xa8\xe0\x07\x1b[31m\xc4\xff\xfe\x8b\x02\x9dQ\xd1\xab\x10\xee' },
  { afterShare: 0.77, text: 'Nov/2026:08:02:55 +0100] "GET /static/css/main.css HTTP/2.0" 200 18233 "https://shop.example/" "Mozilla/5.0"' },
  { afterShare: 0.93, text: 'logrotate_script: apache2 reloaded after rotation (pid 2198)' },
];

/** The whole file, about three thousand lines in combined format, each with its line end. */
export function buildExampleLog(): Buffer {
  const requests: ExampleRequest[] = [];
  const scene: Scene = { random: createRandom(20_261_120), startMs, days, add: (request) => requests.push(request) };
  for (const play of [visits, crawlers, monitoring, loginBurst, scannerRuns, attacks, oddRequestsOf]) play(scene);
  // A stable order: requests of the same second stay in the order of their scenes.
  const ordered = requests.flatMap((request) => incident(scene, request)).sort((a, b) => a.atMs - b.atMs);
  const formatTime = createTimeFormatter();
  const lines = ordered.map((request) => formatLine(factsOf(request), 'combined', formatTime));
  for (const { afterShare, text } of brokenLines) lines.splice(Math.floor(lines.length * afterShare), 0, text);
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}

function factsOf(request: ExampleRequest): ReturnType<typeof emptyFacts> {
  const facts = emptyFacts();
  setRequest(facts, request.method ?? 'GET', request.target ?? '/', null, request.protocol ?? 'HTTP/1.1');
  return {
    ...facts,
    clientLogged: request.client,
    user: request.user ?? null,
    atMs: request.atMs,
    zoneMinutes,
    requestLogged: request.requestLine ?? facts.requestLogged,
    status: request.status,
    bytes: request.bytes,
    refererLogged: request.referer ?? '-',
    agentLogged: request.agent ?? '-',
  };
}
