/**
 * Detection by rules that may change while we run: a new version of the rules file takes the place of the old one in one step,
 * with nothing remembered of it; a broken one changes nothing.
 */
import { messageOf } from '@sluice/errors';
import { createInspector } from '@sluice/security';

import { loadRules } from './load-rules.ts';
import { watchFiles } from './watch-files.ts';

import type { Logger } from '@sluice/ports';
import type { Inspector } from '@sluice/security';

export interface ReloadingInspector extends Inspector {
  /** Looks at the file now. Never rejects. */
  refresh(): Promise<void>;
  /** Stops looking at the file; inspecting goes on. */
  close(): void;
}

export interface ReloadingInspectorConfig {
  readonly rulesFile: string | undefined;
  readonly targetCache: number;
  /** How often the file is looked at, in ms. */
  readonly pollIntervalMs?: number;
}

/** Builds it. Errors: RULES_INVALID for a file that is wrong at the start; later it is one warning with every error. */
export async function createReloadingInspector(config: ReloadingInspectorConfig, deps: { logger: Logger }): Promise<ReloadingInspector> {
  const { rulesFile, targetCache, pollIntervalMs } = config;
  const logger = deps.logger.named('rules');
  const build = (): Inspector => {
    const { rules, ...changes } = loadRules(rulesFile);
    return createInspector(rules, { targetCache, ...changes });
  };
  const reload = (path: string): void => {
    try {
      const next = build();
      const { hits, misses } = current.cacheStats();
      past = { hits: past.hits + hits, misses: past.misses + misses };
      current = next;
      logger.info(`Rules of ${path} are in force`);
    } catch (error) {
      logger.warn(`${messageOf(error)}\nThe rules from before stay in force.`, { file: path });
    }
  };

  const watch = await watchFiles(
    rulesFile === undefined ? [] : [rulesFile],
    reload,
    pollIntervalMs === undefined ? {} : { intervalMs: pollIntervalMs },
  );
  let past = { hits: 0, misses: 0 };
  let current: Inspector;
  try {
    current = build();
  } catch (error) {
    watch.close();
    throw error;
  }

  return {
    inspect: (fields, isFalseBot) => current.inspect(fields, isFalseBot),
    // Counters only grow.
    cacheStats: () => {
      const { hits, misses, entries } = current.cacheStats();
      return { hits: past.hits + hits, misses: past.misses + misses, entries };
    },
    refresh: () => watch.look(),
    close: () => watch.close(),
  };
}
