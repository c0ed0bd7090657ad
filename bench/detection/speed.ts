/** How many lines a second threats and bots take together, on one core: real logs, and attacks only. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { requestFieldsOf } from '@sluice/enrichment';
import { compileLogFormat, LineRefusal } from '@sluice/parser';
import { createBoundedCache, createBotDetector, createInspector, threatRules } from '@sluice/security';

import { say } from './page.ts';
import { dataFolder, toLogLine } from './rows.ts';

import type { RequestFields } from '@sluice/security';
import type { RequestRow } from './rows.ts';

const logs = [
  { title: 'elastic_apache.log', file: 'elastic_apache.log', format: 'combined', target: 500_000 },
  { title: 'smallsites_combined.log', file: 'smallsites_combined.log', format: 'combined', target: 300_000 },
  { title: 'smallsites_vhost.log', file: 'smallsites_vhost.log', format: 'vhost_combined', target: 300_000 },
] as const;

/** Lines timed at once: passes over a small log are repeated. */
const linesTimed = 60_000;

export function measureSpeed(rows: readonly RequestRow[]): void {
  say('\n| lines per second of processor time | first pass | later passes | target |\n| --- | ---: | ---: | ---: |');
  for (const { title, file, format, target } of logs) {
    const name = path.join(dataFolder, 'logs', file);
    if (!existsSync(name)) {
      console.log(`SKIPPED ../shared/data/logs/${file}`);
      continue;
    }
    report(title, readFileSync(name, 'latin1').trimEnd().split('\n'), format, target);
  }
  const attacks = rows.filter((row) => row.label === 'attack' && row.weak !== true).map(toLogLine);
  if (attacks.length > 0) report('attacks only, nothing remembered', attacks, 'combined', 60_000, 0);
}

function report(title: string, lines: readonly string[], format: string, target: number, cacheSize = 20_000): void {
  // The first detector warms the machine up on the same lines; what it remembers is not the second one's.
  timePasses(lines, format, cacheSize);
  const { first, later } = timePasses(lines, format, cacheSize);
  const sign = later >= target ? '' : ' missed';
  say(`| ${title} | ${Math.round(first / 1000)} k | ${Math.round(later / 1000)} k | ${target / 1000} k${sign} |`);
}

function timePasses(lines: readonly string[], format: string, cacheSize: number): { first: number; later: number } {
  const detect = createDetector(cacheSize);
  const passes = Math.max(3, Math.ceil(linesTimed / lines.length));
  const rates = Array.from({ length: passes }, () => {
    // Strings as fresh as in the pipeline, whose hashes nobody has asked for yet.
    const requests = parseAll(lines, format);
    const startedCpu = process.cpuUsage();
    for (const request of requests) detect(request);
    const { user, system } = process.cpuUsage(startedCpu);
    return (lines.length * 1e6) / Math.max(1, user + system);
  });
  return { first: rates[0] ?? 0, later: Math.max(...rates.slice(1)) };
}

function createDetector(cacheSize: number): (fields: RequestFields) => void {
  const inspector = createInspector(threatRules, { targetCache: cacheSize });
  const detectBot = createBotDetector();
  const bots = createBoundedCache<string, object>(10_000);
  const nobody = {};
  return (fields) => {
    inspector.inspect(fields);
    const { userAgent } = fields;
    if (userAgent === null || bots.get(userAgent) !== undefined) return;
    bots.set(userAgent, detectBot(userAgent) ?? nobody);
  };
}

function parseAll(lines: readonly string[], format: string): RequestFields[] {
  const parser = compileLogFormat(format);
  return lines.flatMap((line) => {
    const event = parser.parse(line);
    return event instanceof LineRefusal ? [] : [requestFieldsOf(event)];
  });
}
