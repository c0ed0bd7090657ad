/**
 * The hostile scenes of the example log, and the hour in which the shop itself failed.
 */
import { attackRequests } from './attack-requests.ts';

import type { ExampleRequest, Scene } from './example-log.ts';

const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Somebody tries passwords on the login form for four minutes, three in two seconds; the last one works. */
export function loginBurst(scene: Scene): void {
  const attempt = {
    client: '198.51.100.23',
    method: 'POST',
    target: '/login',
    referer: 'https://shop.example/login',
    agent: 'python-requests/2.31.0',
  };
  const startMs = scene.startMs + 27 * hourMs + 14 * minuteMs;
  scene.add({ ...attempt, atMs: startMs - 3000, method: 'GET', status: 200, bytes: 5_122, referer: null });
  for (let count = 0; count < 160; count += 1) scene.add({ ...attempt, atMs: startMs + Math.floor(count * 1.5) * 1000, status: 401, bytes: 1_204 });
  scene.add({ ...attempt, atMs: startMs + 4 * minuteMs + 2000, status: 303, bytes: 0 });
}

const niktoPaths = [
  '/cgi-bin/test-cgi', '/admin/', '/admin/config.php', '/manager/html', '/phpinfo.php', '/test.php', '/backup.zip', '/db.sql', '/config.bak', '/old/', '/web.config',
  '/.htpasswd', '/.svn/entries', '/server-info', '/solr/admin/', '/jmx-console/', '/console/', '/shell.php', '/adminer.php', '/vendor/composer/installed.json',
  '/cgi-bin/printenv', '/icons/small/', '/tmp/', '/logs/error.log', '/wp-content/debug.log', '/sites/default/settings.php', '/CHANGELOG.txt', '/_profiler/phpinfo',
] as const; // prettier-ignore

/** Two scanners that say who they are, each in one run: a list of known files, and a database probe of one parameter. */
export function scannerRuns(scene: Scene): void {
  const niktoMs = scene.startMs + 10 * hourMs + 41 * minuteMs;
  niktoPaths.forEach((target, index) => {
    const agent = `Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:${String(index + 1).padStart(6, '0')})`;
    scene.add({ atMs: niktoMs + index * 2000, client: '203.0.113.40', target, status: target === '/server-info' ? 403 : 404, bytes: 1_968, agent });
  });
  const probes = attackRequests.filter((attack) => attack.class === 'sqli').map((attack) => attack.target.slice(attack.target.indexOf('=') + 1));
  const sqlmapMs = scene.startMs + 57 * hourMs + 5 * minuteMs;
  for (let index = 0; index < 36; index += 1) {
    const value = probes[index % probes.length] ?? '';
    const target = `/search?q=lamp%27+AND+${1000 + index * 37}%3D${1000 + index * 37}+AND+%28${value}`;
    scene.add({
      atMs: sqlmapMs + index * 3000,
      client: '203.0.113.91',
      target,
      status: index % 9 === 4 ? 500 : 200,
      bytes: 8_800 + index,
      agent: 'sqlmap/1.8.4#stable (https://sqlmap.org)',
    });
  }
}

const attackers = ['203.0.113.17', '203.0.113.66', '198.51.100.140', '198.51.100.77', '192.0.2.88', '2001:db8:66::1'] as const;

/** Single attempts from a few addresses, spread over the days; the site has none of what they look for, but once. */
export function attacks(scene: Scene): void {
  const { random } = scene;
  for (let round = 0; round < 3; round += 1) {
    for (const attack of attackRequests) {
      if (attack.class === 'scanner' && round > 0) continue;
      const client = attackers[Math.floor(random.next() ** 2 * attackers.length)] ?? attackers[0];
      const status = attack.class === 'probe' ? 404 : random.pick([400, 403, 404, 404, 200]);
      const leaked = attack.target === '/.git/HEAD' && round === 1;
      const atMs = scene.startMs + random.int(scene.days * 86_400) * 1000;
      scene.add({
        atMs,
        client,
        method: attack.method,
        target: attack.target,
        status: leaked ? 200 : status,
        bytes: leaked ? 23 : 1_968,
        agent: attack.agent ?? browser,
      });
    }
  }
  const fakeGoogle = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  for (const target of ['/wp-login.php', '/wp-content/plugins/hello.php', '/xmlrpc.php', '/.env.backup']) {
    scene.add({
      atMs: scene.startMs + 40 * hourMs + random.int(600) * 1000,
      client: '198.51.100.77',
      target,
      status: 404,
      bytes: 1_968,
      agent: fakeGoogle,
    });
  }
}

/** On Saturday evening the database was away for an hour and a half: everything dynamic failed, and people reloaded. */
export function incident(scene: Scene, request: ExampleRequest): ExampleRequest[] {
  const sinceMs = request.atMs - (scene.startMs + 43 * hourMs + 20 * minuteMs);
  const dynamic = request.status === 200 && request.target !== undefined && !/^\/(?:static|media|favicon|robots)/.test(request.target);
  if (sinceMs < 0 || sinceMs > 90 * minuteMs || !dynamic) return [request];
  const failed = { ...request, status: sinceMs % 7000 < 5000 ? 500 : 503, bytes: request.method === 'HEAD' ? 0 : 611 };
  return [0, 3000, 8000].map((laterMs) => ({ ...failed, atMs: failed.atMs + laterMs }));
}
