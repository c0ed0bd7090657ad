/** Bots: how many programs are found, how many people are called bots, how many kinds are right. */
import { detectBot } from '@sluice/security';

import { say } from './page.ts';
import { percent } from './percent.ts';
import { readAgents } from './rows.ts';

import type { AgentRow } from './rows.ts';

const kindOfTag: Readonly<Record<string, string>> = {
  'ai-crawler': 'ai',
  scanner: 'scanner',
  'search-engine': 'search',
  'social-preview': 'preview',
  'feed-reader': 'feed',
  seo: 'seo',
  monitoring: 'monitor',
  archiver: 'archiver',
  'http-library': 'library',
  'browser-automation': 'library',
};

export function measureBots(part: string, shown: number): void {
  const inPart = (row: AgentRow): boolean => part === 'all' || row.part === part;
  const bots = readAgents('bots').filter(inPart);
  const people = readAgents('humans').filter(inPart);
  const missed = bots.filter(({ ua }) => detectBot(ua) === null);
  const alarms = people.filter(({ ua }) => detectBot(ua) !== null);
  const tagged = bots.filter(({ tags = [] }) => tags.some((tag) => tag in kindOfTag));
  const wrongKind = tagged.filter(({ ua, tags = [] }) => !tags.some((tag) => kindOfTag[tag] === detectBot(ua)?.kind));
  say(`\n- Bots found: ${percent(bots.length - missed.length, bots.length)} % of ${bots.length} (target >= 99)`);
  say(`- People called bots: ${percent(alarms.length, people.length)} % of ${people.length} (target <= 0.5)`);
  say(`- Kind right: ${percent(tagged.length - wrongKind.length, tagged.length)} % of ${tagged.length} (target >= 85)`);
  for (const { id, ua } of [...missed, ...alarms].slice(0, shown * 2)) console.log(`    ${id} ${ua}`);
  for (const { id, ua, tags } of wrongKind.slice(0, shown)) console.log(`    kind: ${id} ${(tags ?? []).join(',')} not ${detectBot(ua)?.kind} ${ua}`);
}
