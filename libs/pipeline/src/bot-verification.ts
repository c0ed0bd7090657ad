/**
 * Whether bots come from where their operators say: by lists of address ranges that the user has fetched, one file a bot. Lists
 * are read again when they change; a list that cannot be read says nothing, and the one from before stays.
 */
import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

import { messageOf } from '@sluice/errors';
import { createClaimVerifier, parseBotRanges } from '@sluice/security';

import { watchFiles } from './watch-files.ts';

import type { Logger } from '@sluice/ports';
import type { BotRanges, VerifyClaim } from '@sluice/security';

export interface BotVerification {
  readonly verify: VerifyClaim;
  /** Looks at the files now. Never rejects. */
  refresh(): Promise<void>;
  /** Stops looking at files. */
  close(): void;
}

const longestFileBytes = 16 * 1024 * 1024;

/**
 * Reads the lists: files, or folders of which every `.json` and `.txt` file is taken, also one that comes later.
 *
 * Invariant: never rejects because of a file; one that is missing or broken is one warning for each state it has. `pollIntervalMs`: how
 * often files are looked at.
 */
export async function openBotVerification(
  paths: readonly string[],
  deps: { readonly logger: Logger; readonly pollIntervalMs?: number },
): Promise<BotVerification> {
  const logger = deps.logger.named('bots');
  const lists = new Map<string, BotRanges>();
  let verify: VerifyClaim = createClaimVerifier([]);

  const read = (file: string): void => {
    try {
      const list = readList(file);
      lists.set(file, list);
      verify = createClaimVerifier([...lists.values()]);
      logger.info(`Address ranges of ${list.name} loaded`, { file, ranges: list.ranges.size, created_at: list.createdAt });
    } catch (error) {
      const effect = lists.has(file) ? 'the list from before stays in use' : 'claims of this bot stay unknown';
      logger.warn(`Address ranges ${file} cannot be read: ${messageOf(error)}; ${effect}`);
    }
  };

  const { pollIntervalMs: intervalMs } = deps;
  const watch = await watchFiles(paths, read, { filesOf, ...(intervalMs === undefined ? {} : { intervalMs }) });
  for (const file of (await Promise.all(paths.map(filesOf))).flat()) read(file);
  return { verify: (bot, address) => verify(bot, address), refresh: () => watch.look(), close: () => watch.close() };
}

/** A folder's lists; a path that is none stands for itself, missing or not. */
async function filesOf(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path))
      .filter((name) => /\.(?:json|txt)$/.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch {
    return [path];
  }
}

/** `googlebot.json` is the list for bots with `googlebot` in their name; `googlebot.partial.json` one that says nothing of other addresses. */
function readList(file: string): BotRanges {
  if (statSync(file).size > longestFileBytes) throw new Error(`it is larger than ${longestFileBytes / 1024 / 1024} MiB`);
  const parsed = parseBotRanges(readFileSync(file, 'utf8'));
  if ('error' in parsed) throw new Error(parsed.error);
  const name = basename(file, extname(file)).toLowerCase();
  const isComplete = !name.endsWith('.partial');
  return { name: isComplete ? name : name.slice(0, -'.partial'.length), isComplete, ...parsed };
}
